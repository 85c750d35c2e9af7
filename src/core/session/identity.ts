/** Which model ran, where the recording says it: a class of its nn.Module frames that the tree registers as a model. */
import type { FrameCost } from '../../shared/protocol.js';
import type { SymbolIndex } from '../source/symbols.js';

/** Architectures that frames name, the one around most GPU time first; of the names of one class, the class's own. */
export function architecturesIn(frames: readonly FrameCost[], { registry }: SymbolIndex): string[] {
  const architecturesOf = new Map<string, string[]>();
  for (const [architecture, { className }] of registry) architecturesOf.set(className, [...(architecturesOf.get(className) ?? []), architecture]);
  return frames.flatMap(({ frame }) => {
    const named = frame.function === '' && frame.module !== undefined ? (architecturesOf.get(frame.module) ?? []) : [];
    return named.length === 0 ? [] : [named.includes(frame.module ?? '') ? (frame.module ?? '') : named[0]];
  });
}
