/** The config.json of the model that ran, where people put it beside the trace. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** A config of a model is a few kilobytes. */
const MOST_BYTES = 1_000_000;

/** Text of the config.json in the folder of a trace, or one folder above; undefined where there is none that can be read. */
export async function configBeside(tracePath: string): Promise<string | undefined> {
  for (const folder of [path.dirname(tracePath), path.resolve(path.dirname(tracePath), '..')]) {
    const file = path.join(folder, 'config.json');
    try {
      if ((await stat(file)).size <= MOST_BYTES) return await readFile(file, 'utf8');
    } catch {
      // There is none, or it may not be read: the model is not known.
    }
  }
  return undefined;
}
