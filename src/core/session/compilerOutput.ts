/** Files that torch.compile wrote about a run, read from the folder of its cache. */
import type { SourceFiles } from '../../shared/model.js';
import type { FrameCost } from '../../shared/protocol.js';
import type { CompilerOutput } from '../source/linkInput.js';

const GRAPH = /(?:^|\/)computation_graph\.py$/;
/** Files that Inductor writes are named by a hash, in a folder of its first letters: "5h/c5h….py". */
const CODE = /(?:^|\/)(\w\w)\/c\1\w+\.py$/;
/** A cache can hold what many models were compiled to. */
const MOST_FILES = 2000;
const AT_ONCE = 64;

/** Where frames of the recording name files of the cache, these; else all that it holds. */
export async function readCompilerOutput(files: SourceFiles, folder: string, frames: readonly FrameCost[]): Promise<CompilerOutput> {
  const paths = await files.list(folder, ['.py']);
  const code = paths.filter((path) => CODE.test(path));
  const recorded = new Set(frames.flatMap(({ frame }) => CODE.exec(frame.file)?.[0].replace(/^\//, '') ?? []));
  const ran = code.filter((path) => recorded.has(CODE.exec(path)?.[0].replace(/^\//, '') ?? ''));
  return {
    graphs: await readAll(files, folder, paths.filter((path) => GRAPH.test(path)).slice(0, MOST_FILES)),
    code: await readAll(files, folder, (ran.length > 0 ? ran : code).slice(0, MOST_FILES)),
  };
}

async function readAll(files: SourceFiles, folder: string, paths: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  for (let at = 0; at < paths.length; at += AT_ONCE) texts.push(...(await Promise.all(paths.slice(at, at + AT_ONCE).map((path) => files.read(folder, path)))));
  return texts;
}
