/** Which model ran and on what, where the recording says it: a class of its nn.Module frames that the tree registers as a model, else a model's file. */
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

/** Which stage of a pipeline a rank is, where vLLM names its file so: "dp0_pp1_tp0_dcp0_ep0_rank4.….pt.trace.json.gz". */
export function pipelineStage(fileName: string): number | undefined {
  const stage = /(?:^|_)pp(\d+)_/.exec(fileName)?.[1];
  return stage === undefined ? undefined : Number(stage);
}
