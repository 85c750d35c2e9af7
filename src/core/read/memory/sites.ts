/** Where memory was taken: the Python frame of a stack that says most, and allocations summed by it. */
import type { AllocationSite } from '../../../shared/analysis.js';
import type { Frame } from '../../../shared/protocol.js';
import { member, type Stack, textOf } from './snapshot.js';

export interface Allocation {
  bytes: number;
  /** undefined: allocated before the recording began, and nothing tells where */
  stack: Stack | undefined;
}

/** Frames that carry every allocation of a model, so they tell nothing: PyTorch's own, compiled code, and Python's. */
const MACHINERY = /(?:^|\/)(?:torch|torch_xla|functorch|triton)\/|(?:^|\/)lib\/python3[^/]*\/(?!(?:site|dist)-packages\/)|torchinductor|^<|(?:^|\/)runpy\.py$/;
/** The frames of an allocation that a person reads. */
const MOST_FRAMES = 24;

/** The Python frames of a stack, innermost first. */
export function pythonFrames(stack: Stack): Frame[] {
  const frames: Frame[] = [];
  for (const value of stack) {
    const file = textOf(member(value, 'filename'));
    const line = member(value, 'line');
    if (file.endsWith('.py') && typeof line === 'number') frames.push({ file, line, function: textOf(member(value, 'name')) });
  }
  return frames;
}

/** The innermost frame of the model's or the engine's code; the innermost at all where there is none. */
export function siteOf(frames: readonly Frame[]): Frame | undefined {
  return frames.find(({ file }) => !MACHINERY.test(file)) ?? frames[0];
}

/** Most bytes first. */
export function sitesOf(allocations: Iterable<Allocation>): AllocationSite[] {
  const framesOf = new Map<Stack, Frame[]>();
  const sites = new Map<string, AllocationSite>();
  let total = 0;
  for (const { bytes, stack } of allocations) {
    let frames = stack && framesOf.get(stack);
    if (stack && frames === undefined) framesOf.set(stack, (frames = pythonFrames(stack)));
    const frame = siteOf(frames ?? []);
    const why = frame ? undefined : stack === undefined ? 'allocated before the recording began' : stack.length > 0 ? 'no Python frame' : 'no stack recorded';
    const key = frame ? `${frame.file}\0${frame.line}\0${frame.function}` : `\0${why}`;
    const site = sites.get(key) ?? { frame, why, count: 0, bytes: 0, percent: 0, largestBytes: -1, stack: [] };
    sites.set(key, site);
    site.count++;
    site.bytes += bytes;
    total += bytes;
    if (bytes > site.largestBytes) {
      site.largestBytes = bytes;
      site.stack = (frames ?? []).slice(0, MOST_FRAMES);
    }
  }
  for (const site of sites.values()) site.percent = total > 0 ? (100 * site.bytes) / total : 0;
  return [...sites.values()].sort((a, b) => b.bytes - a.bytes);
}
