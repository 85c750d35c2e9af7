/** A trace whose kernels are linked to model code. */
import type { LinkReport, ModelLink, ModelMap, SourcePlace } from '../../shared/model.js';
import { type NameId, PHASES, type SliceDetail, type SliceId } from '../../shared/protocol.js';
import { isPlaceText, linesOf } from '../source/lines.js';
import { isInModule, type Placement } from '../source/placement.js';
import type { PlaceField } from '../trace/query.js';
import type { SearchFacts } from '../trace/search.js';
import type { Trace } from '../trace/trace.js';
import type { Analyses } from './analyses.js';

export interface Linked {
  model: ModelMap;
  placement: Placement;
  /** layer of each GPU slice, −1 outside of layers */
  layerOf: Int16Array;
  linkOf(slice: SliceId): ModelLink;
  /** the line that defines a kernel, where the tree has it */
  definedAt(name: NameId): SourcePlace | undefined;
  report: LinkReport;
}

/** What a slice is linked to; undefined for what is no GPU work. */
export function linkOf(trace: Trace, linked: Linked | undefined, slice: SliceId): ModelLink | undefined {
  return slice < trace.gpu.count ? linked?.linkOf(slice) : undefined;
}

/** The same with its module, for the details panel. */
export function modelOf(trace: Trace, linked: Linked | undefined, slice: SliceId): SliceDetail['model'] {
  const link = linkOf(trace, linked, slice);
  if (linked === undefined || link === undefined) return undefined;
  const { path, className } = linked.placement.targets[linked.placement.targetOf[slice]];
  return { ...link, path, className };
}

/** What the timeline writes on a slice: the last element of its slot's path, '' where no slot is its own. */
export function modelLabel(trace: Trace, linked: Linked | undefined, slice: SliceId): string {
  if (linked === undefined || slice >= trace.gpu.count) return '';
  const { slot } = linked.placement.targets[linked.placement.targetOf[slice]];
  return slot === undefined ? '' : slot.path.slice(slot.path.lastIndexOf('.') + 1);
}

const NOT_LINKED = 'needs kernels that are linked to model code: open the Model tab to link them.';

/** Answers the terms of a search about steps, layers, phases, modules and lines. */
export function placeTest(trace: Trace, analyses: Analyses, linked: Linked | undefined): SearchFacts['placeTest'] {
  return (field, value) => {
    if (field === 'step' || field === 'layer')
      return numberTest(field, value, field === 'step' ? analyses.steps().stepOf : (linked?.layerOf ?? analyses.steps().layerOf));
    if (field === 'phase') return phaseTest(analyses, value);
    if (linked === undefined) return `"${field}:${value}" ${NOT_LINKED}`;
    const { model, placement } = linked;
    const { targets, targetOf } = placement;
    // Costs are of kernels, and so that the hits are what was counted, so are these terms: copies and sets are not found.
    const isKernel = trace.categories.map(({ kind }) => kind === 'kernel');
    const isFound = (slice: SliceId, fits: boolean): boolean => fits && isKernel[trace.slices.category[slice]];
    if (field === 'slot') {
      const fits = targets.map(({ path }) => isInModule(model, path, value));
      return (slice) => isFound(slice, fits[targetOf[slice]]);
    }
    const fits = targets.map((target) => linesOf(model, target).some(({ place }) => isPlaceText(place, value)));
    const definition = new Map<NameId, boolean>();
    const isDefinedThere = (name: NameId): boolean => {
      const known = definition.get(name);
      if (known !== undefined) return known;
      const place = linked.definedAt(name);
      const answer = place !== undefined && isPlaceText(place, value);
      definition.set(name, answer);
      return answer;
    };
    return (slice) => isFound(slice, fits[targetOf[slice]] || isDefinedThere(trace.slices.name[slice]));
  };
}

function phaseTest(analyses: Analyses, value: string): ((slice: SliceId) => boolean) | string {
  const { stepOf, report } = analyses.steps();
  if (value === 'none') return (slice) => stepOf[slice] < 0;
  if (!PHASES.some((phase) => phase === value)) return `"phase:${value}" needs one of ${PHASES.join(', ')}, none.`;
  const isInPhase = report.steps.map(({ phase }) => phase === value);
  return (slice) => isInPhase[stepOf[slice]] === true;
}

function numberTest(field: PlaceField, value: string, numbers: ArrayLike<number>): ((slice: SliceId) => boolean) | string {
  if (value === 'none') return (slice) => numbers[slice] < 0;
  if (!/^\d+$/.test(value)) return `"${field}:${value}" needs a number, for example ${field}:3, or none.`;
  const wanted = Number(value);
  return (slice) => numbers[slice] === wanted;
}
