/** Slices as the outside sees them: references, and the chain of what caused one. */
import { isThreadRoot, moduleOf, parseFrame } from '../../shared/names.js';
import { type ChainLink, COLOUR_CLASSES, type SliceId, type SliceKind, type SliceRef } from '../../shared/protocol.js';
import { rowOf } from '../trace/rows.js';
import { colourOf, type Look } from '../trace/tile.js';
import type { Trace } from '../trace/trace.js';
import { causesOf } from '../trace/walk.js';

export function refOf(trace: Trace, look: Look, slice: SliceId): SliceRef {
  const { slices, rows, strings, categories } = trace;
  if (!(slice >= 0 && slice < slices.count)) throw new Error(`There is no slice ${slice} in this trace.`);
  const row = rowOf(rows, slice);
  const nameId = slices.name[slice];
  return {
    slice,
    track: rows.track[row],
    row: rows.depth[row],
    folds: look.folds().around[slice],
    nameId,
    name: strings.get(nameId),
    shortName: look.label(nameId),
    kind: categories[slices.category[slice]].kind,
    colour: COLOUR_CLASSES[colourOf(look, slices, slice)],
    startNs: slices.startNs[slice],
    endNs: slices.startNs[slice] + slices.durNs[slice],
  };
}

const ROLES: Record<SliceKind, ChainLink['role']> = {
  kernel: 'kernel',
  memcpy: 'kernel',
  memset: 'kernel',
  launch: 'launch',
  python: 'frame',
  op: 'op',
  annotation: 'annotation',
  gpuAnnotation: 'annotation',
  overhead: 'op',
  other: 'op',
};

/** What led to a slice, outermost first, the slice last. Each frame knows the module that is innermost around it. */
export function chainOf(trace: Trace, look: Look, slice: SliceId): ChainLink[] {
  const refs = causesOf(trace, slice).map((cause) => refOf(trace, look, cause));
  const own = refs.slice(
    Math.max(
      0,
      refs.findLastIndex(({ kind, name }) => kind === 'python' && isThreadRoot(name)),
    ),
  );
  let around: string | undefined;
  return own.map((ref) => {
    const role = ROLES[ref.kind];
    if (role !== 'frame') return { ref, role };
    const module = moduleOf(ref.name);
    if (module !== undefined) {
      around = module;
      return { ref, role: 'module' };
    }
    const frame = parseFrame(ref.name);
    return { ref, role, frame: frame && { ...frame, module: around } };
  });
}
