/** Which model ran, as files name it and as the user said for each run. */
import * as v from 'valibot';
import type { Memento, Uri } from 'vscode';

const KEY = 'kernelLens.models';
const MOST_RUNS = 200;

const remembered = v.array(v.tuple([v.string(), v.string()]));
const config = v.pipe(v.string(), v.parseJson(), v.object({ architectures: v.pipe(v.array(v.string()), v.minLength(1)) }));

/** The traces of all ranks of a run differ in ranks, process ids and times. */
function runOf(trace: Uri): string {
  return trace.toString().replace(/\d{6,}|(?<=rank|[tdep]p-?)\d+/gi, '#');
}

function savedModels(storage: Memento): [string, string][] {
  const saved = v.safeParse(remembered, storage.get(KEY));
  return saved.success ? saved.output : [];
}

/** The architecture that the user chose for the run of a trace. */
export function chosenModel(storage: Memento, trace: Uri): string | undefined {
  return savedModels(storage).find(([run]) => run === runOf(trace))?.[1];
}

export async function rememberModel(storage: Memento, trace: Uri, architecture: string): Promise<void> {
  const others = savedModels(storage).filter(([run]) => run !== runOf(trace));
  await storage.update(KEY, [...others, [runOf(trace), architecture]].slice(-MOST_RUNS));
}

/** The architecture in a `config.json` of Hugging Face, or in a vLLM server's log. */
export function architectureIn(name: string, text: string): string | undefined {
  if (!name.endsWith('.json')) return /Resolved architecture: (\w+)/.exec(text)?.[1];
  const parsed = v.safeParse(config, text);
  return parsed.success ? parsed.output.architectures[0] : undefined;
}
