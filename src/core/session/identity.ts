/** Which model ran, where the recording says it: a class of its nn.Module frames that the tree registers as a model, else a model's file. */
import type { FrameCost } from '../../shared/protocol.js';
import { architecturesOfFiles } from '../source/architecture.js';
import type { SymbolIndex } from '../source/symbols.js';

/** Architectures that frames name, the one around most GPU time first; of the names of one class, the class's own. */
export function architecturesIn(frames: readonly FrameCost[], { registry }: SymbolIndex): string[] {
  const architecturesOf = new Map<string, string[]>();
  for (const [architecture, { className }] of registry) architecturesOf.set(className, [...(architecturesOf.get(className) ?? []), architecture]);
  const byClass = frames.flatMap(({ frame }) => {
    const named = frame.function === '' && frame.module !== undefined ? (architecturesOf.get(frame.module) ?? []) : [];
    return named.length === 0 ? [] : [named.includes(frame.module ?? '') ? (frame.module ?? '') : named[0]];
  });
  if (byClass.length > 0) return byClass;
  return architecturesOfFiles(
    frames.map(({ frame }) => frame.file),
    registry,
  );
}
