/** From a frame of a trace, recorded on some other machine, to a place in the files at hand. */
import type { Frame } from '../../shared/protocol.js';
import { modulePath } from './frames.js';
import { definitionsOf, pythonSymbols } from './python.js';

/** The files at hand. A file is named by whatever text the tree uses, a URI in the editor. */
export interface SourceTree {
  /** files of the workspace whose path ends with "/" and the suffix */
  find(suffix: string): Promise<string[]>;
  /** the file at an absolute path, undefined where there is none */
  at(path: string): Promise<string | undefined>;
  text(file: string): Promise<string>;
}

/** What the recording calls `from…` is `to…` here. */
export interface PathMapping {
  from: string;
  to: string;
}

export interface Place {
  file: string;
  /** from 1 */
  line: number;
  /** "Qwen2DecoderLayer.forward"; '' when only the recorded line leads here */
  qualified: string;
}

/** Where a frame's code may be. No place: `lookedFor` says what was not there. Several: they fit equally well. */
export interface Located {
  places: Place[];
  lookedFor: string[];
}

/** Finds the code of a frame. By path and name here; a map of the model's modules can be another one. */
export interface SourceLocator {
  locate(frame: Frame): Promise<Located>;
}

/** Enough files to choose from; a name like "utils.py" has more. */
const MOST_FILES = 30;

/** Looks in the order of the evidence: the user's mappings, the recorded path itself, the package's path in the workspace, the names. */
export function createLocator(tree: SourceTree, mappings: readonly PathMapping[]): SourceLocator {
  return {
    async locate(frame) {
      const place = modulePath(frame.file);
      if (!place) return { places: [], lookedFor: [frame.file] };
      const lookedFor: string[] = [];
      const candidates: (() => Promise<string[]>)[] = [...mapped(frame.file, mappings), ...(frame.file.startsWith('/') ? [frame.file] : [])].map(
        (path) => async () => {
          lookedFor.push(path);
          const file = await tree.at(path);
          return file === undefined ? [] : [file];
        },
      );
      candidates.push(async () => {
        lookedFor.push(`**/${place.path}`);
        return tree.find(place.path);
      });
      for (const candidate of candidates) {
        const files = await candidate();
        if (files.length > 0) return { places: await placesIn(tree, files, frame, true), lookedFor };
      }
      // Files move between versions of a package: one of the same name must define the function to count.
      const name = place.path.slice(place.path.lastIndexOf('/') + 1);
      lookedFor.push(`${frame.module ? `${frame.module}.` : ''}${frame.function} in **/${name}`);
      return { places: await placesIn(tree, await tree.find(name), frame, false), lookedFor };
    },
  };
}

function mapped(file: string, mappings: readonly PathMapping[]): string[] {
  return mappings.filter(({ from }) => from !== '' && file.startsWith(from)).map(({ from, to }) => to + file.slice(from.length));
}

/** The definitions in the files; a file without one counts by the recorded line when its path is proof enough. */
async function placesIn(tree: SourceTree, files: readonly string[], frame: Frame, byLine: boolean): Promise<Place[]> {
  const found: Place[] = [];
  for (const file of files.slice(0, MOST_FILES)) {
    const definitions = definitionsOf(pythonSymbols(await tree.text(file)), frame);
    for (const { line, qualified } of definitions) found.push({ file, line, qualified });
  }
  return found.length === 0 && byLine ? files.map((file) => ({ file, line: frame.line, qualified: '' })) : found;
}
