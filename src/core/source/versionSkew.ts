/** Whether a source tree is the version that a recording is about. */
import type { VersionSkew } from '../../shared/model.js';
import { parseFrame } from '../../shared/names.js';
import type { Trace } from '../trace/trace.js';
import { modulePath } from './frames.js';
import type { SourceSymbols } from './linkInput.js';
import { releaseOf } from './release.js';

/** Below this share of equal lines the source is another version's. */
const SAME_VERSION = 0.5;

export interface TreeMatch {
  /** share of the distinct frames of the tree's packages whose first line is the tree's */
  lineMatch: number;
  skew?: VersionSkew;
}

/** How the frames of the tree's packages lie in the tree; undefined when the recording has none. */
export function matchTree({ strings, slices, categories, gpu }: Trace, symbols: SourceSymbols): TreeMatch | undefined {
  const isPython = categories.map(({ kind }) => kind === 'python');
  const names = new Set<number>();
  for (let slice = gpu.count; slice < slices.count; slice++) if (isPython[slices.category[slice]]) names.add(slices.name[slice]);
  let equal = 0;
  const lost: VersionSkew['lost'] = [];
  const placed: VersionSkew['lost'] = [];
  for (const name of names) {
    const frame = parseFrame(strings.get(name));
    const module = frame && modulePath(frame.file);
    if (frame === undefined || module === undefined || (module.package !== 'vllm' && module.package !== 'sglang') || frame.function.startsWith('<')) continue;
    const place = { file: module.path, line: frame.line, function: frame.function };
    placed.push(place);
    const found = symbols.functionsIn(place.file, place.function);
    if (found.some(({ firstLine }) => firstLine === place.line)) equal++;
    else if (found.length === 0) lost.push(place);
  }
  const known = placed.length;
  if (known === 0) return undefined;
  const lineMatch = equal / known;
  if (lineMatch >= SAME_VERSION) return { lineMatch };
  const share = (count: number): string => `${Math.round((100 * count) / known)} %`;
  const shares = `${share(equal)} of its frames begin on the same line, ${share(known - equal - lost.length)} are found by name, ${share(lost.length)} are gone`;
  const release = releaseOf(placed);
  const about =
    release === undefined || release === symbols.title
      ? `The trace is not about ${symbols.title} as it is here`
      : `The trace is about ${release}, the source here is ${symbols.title}`;
  const warning = `${about}. ${shares}. Code is mapped by name, and every confidence is lower.`;
  return { lineMatch, skew: { warning, lost } };
}
