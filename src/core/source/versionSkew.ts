/** Whether a source tree is the version that a recording is about. */
import { parseFrame } from '../../shared/names.js';
import type { Trace } from '../trace/trace.js';
import { modulePath } from './frames.js';
import type { SourceSymbols } from './linkInput.js';

/** Share of the distinct frames of the tree's packages whose first line is the tree's; undefined when the recording has none. */
export function lineMatch({ strings, slices, categories, gpu }: Trace, symbols: SourceSymbols): number | undefined {
  const isPython = categories.map(({ kind }) => kind === 'python');
  const names = new Set<number>();
  for (let slice = gpu.count; slice < slices.count; slice++) if (isPython[slices.category[slice]]) names.add(slices.name[slice]);
  let known = 0;
  let equal = 0;
  for (const name of names) {
    const frame = parseFrame(strings.get(name));
    const module = frame && modulePath(frame.file);
    if (frame === undefined || module === undefined || (module.package !== 'vllm' && module.package !== 'sglang') || frame.function.startsWith('<')) continue;
    known++;
    if (symbols.functionsIn(module.path, frame.function).some(({ firstLine }) => firstLine === frame.line)) equal++;
  }
  return known === 0 ? undefined : equal / known;
}
