/** How a recording marks its engine steps: with annotations, or with the Python call that runs one. */
import type { SliceKind, StepsReport } from '../../shared/protocol.js';
import type { Trace } from '../trace/trace.js';
import { isProfilerStep, isStepFrame, readStepNote, type StepNote } from './annotations.js';

/** Steps as a recording marks them, before the GPU work is given to them. */
export interface Marks {
  source: StepsReport['source'];
  reason: string;
  startNs: number[];
  endNs: number[];
  notes: (StepNote | undefined)[];
  /** whether the marks lie on the GPU's clock line, so that kernels are told by their own start and not by their launch's */
  onGpu: boolean;
}

/** The marks of a trace by the best evidence in it; undefined when nothing marks steps. */
export function findMarks(trace: Trace): Marks | undefined {
  return annotated(trace) ?? framed(trace);
}

interface Span {
  slice: number;
  startNs: number;
  endNs: number;
}

/** Slices of a kind whose name passes, outermost only, by start. */
function outermost(trace: Trace, kind: SliceKind, passes: (name: string) => boolean): Span[] {
  const { slices, categories, strings } = trace;
  const wanted = categories.map((category) => category.kind === kind);
  const known = new Map<number, boolean>();
  const found: Span[] = [];
  for (let slice = trace.gpu.count; slice < slices.count; slice++) {
    if (!wanted[slices.category[slice]]) continue;
    const name = slices.name[slice];
    let passing = known.get(name);
    if (passing === undefined) known.set(name, (passing = passes(strings.get(name))));
    if (passing) found.push({ slice, startNs: slices.startNs[slice], endNs: slices.startNs[slice] + slices.durNs[slice] });
  }
  found.sort((a, b) => a.startNs - b.startNs || b.endNs - a.endNs);
  const outer: Span[] = [];
  for (const span of found) if (outer.length === 0 || span.startNs >= outer[outer.length - 1].endNs) outer.push(span);
  return outer;
}

/** Kineto repeats a user annotation on every stream it touched, so the CPU's own are used where they exist. */
function annotated(trace: Trace): Marks | undefined {
  for (const kind of ['annotation', 'gpuAnnotation'] as const) {
    for (const passes of [(name: string) => readStepNote(name) !== undefined, isProfilerStep]) {
      const spans = outermost(trace, kind, passes);
      if (spans.length === 0) continue;
      const names = spans.map(({ slice }) => trace.strings.get(trace.slices.name[slice]));
      return {
        source: 'annotation',
        reason: `The recording marks each step, the first one as "${names[0]}".`,
        startNs: spans.map(({ startNs }) => startNs),
        endNs: spans.map(({ endNs }) => endNs),
        notes: names.map(readStepNote),
        onGpu: kind === 'gpuAnnotation',
      };
    }
  }
  return undefined;
}

function framed(trace: Trace): Marks | undefined {
  const spans = outermost(trace, 'python', isStepFrame);
  if (spans.length === 0) return undefined;
  return {
    source: 'pythonFrame',
    reason: `Each step is one call of "${trace.strings.get(trace.slices.name[spans[0].slice])}".`,
    startNs: spans.map(({ startNs }) => startNs),
    endNs: spans.map(({ endNs }) => endNs),
    notes: spans.map(() => undefined),
    onGpu: false,
  };
}
