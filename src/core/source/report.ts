/** Kernels and what they are linked to, as modules, lines and kernel names with their costs. */
import { EVIDENCE, type LinkReport, type ModelLink, type ModelMap, type SourcePlace } from '../../shared/model.js';
import { type NameId, PHASES, type Phase } from '../../shared/protocol.js';
import type { Trace } from '../trace/trace.js';
import { type LineTally, lineCosts, tallyLines } from './lines.js';
import { moduleCosts } from './modules.js';
import { type Placement, placeKey, UNATTRIBUTED } from './placement.js';
import { addCall, addTally, type Call, emptyTally, type Tally } from './tally.js';

export interface ReportInput {
  trace: Trace;
  model: ModelMap;
  /** slice ids of the kernels; copies and sets are no kernel time */
  kernels: Uint32Array;
  /** phases of the steps, and the step of each GPU slice (−1 outside) */
  phases: readonly Phase[];
  stepOf: Int32Array;
  linkOf(slice: number): ModelLink;
  placement: Placement;
  /** the line that defines a kernel, where the tree has it */
  definedAt(name: NameId): SourcePlace | undefined;
}

export type Costs = Pick<LinkReport, 'coverage' | 'modules' | 'lines' | 'kernels' | 'warnings'>;

/** Less than this many percent without a link is not worth a sentence. */
const FEW_PERCENT = 0.5;

/** Adds up all kernels. The time of the module tree's roots is all kernel time. */
export function reportCosts(input: ReportInput): Costs {
  const { trace, model, kernels, phases, placement } = input;
  const { targets, targetOf } = placement;
  const calls = callsOf(input);
  const layers = calls.reduce((most, { layer }) => Math.max(most, layer + 1), 0);
  const tallies = targets.map(() => emptyTally(layers));
  const names = new Map<NameId, Tally>();
  const all = emptyTally(layers);
  for (const [index, call] of calls.entries()) {
    addCall(tallies[targetOf[kernels[index]]], call);
    addCall(all, call);
    const ofName = names.get(call.nameId) ?? emptyTally(layers);
    addCall(ofName, call);
    names.set(call.nameId, ofName);
  }
  const steps = PHASES.map((phase) => phases.filter((one) => one === phase).length);
  const lines = [...tallyLines(model, targets, tallies, layers), ...definitionLines(names, layers, input)];
  const coverage: LinkReport['coverage'] = Object.fromEntries(
    EVIDENCE.map((evidence, index) => [evidence, all.ns > 0 ? (100 * all.evidenceNs[index]) / all.ns : 0] as const).filter(([, percent]) => percent > 0),
  );
  return {
    coverage,
    modules: moduleCosts(model, targets, tallies, steps, layers),
    lines: lineCosts(lines, all.ns, steps, trace.strings),
    kernels: slotsOfNames(placement, tallies, names.keys()),
    warnings: unattributedWarning(placement, tallies, all.ns),
  };
}

function callsOf({ trace: { slices }, kernels, phases, stepOf, linkOf }: ReportInput): Call[] {
  const unknown = PHASES.indexOf('unknown');
  return Array.from(kernels, (slice): Call => {
    const { layer, evidence, confidence, reason } = linkOf(slice);
    const phase = stepOf[slice] < 0 ? unknown : PHASES.indexOf(phases[stepOf[slice]]);
    return { ns: slices.durNs[slice], nameId: slices.name[slice], phase, layer, evidence: EVIDENCE.indexOf(evidence), confidence, reason };
  });
}

/** Instances of one template share a line. */
function definitionLines(names: ReadonlyMap<NameId, Tally>, layers: number, { definedAt }: ReportInput): LineTally[] {
  const lines = new Map<string, LineTally>();
  for (const [name, tally] of names) {
    const place = definedAt(name);
    if (place === undefined) continue;
    const line = lines.get(placeKey(place)) ?? { place, kind: 'kernel', tally: emptyTally(layers) };
    addTally(line.tally, tally);
    lines.set(placeKey(place), line);
  }
  return [...lines.values()];
}

/** For each kernel name, the modules that it works for. */
function slotsOfNames({ targets }: Placement, tallies: readonly Tally[], names: Iterable<NameId>): LinkReport['kernels'] {
  const slots = new Map(Array.from(names, (name) => [name, new Map<string, LinkReport['kernels'][number]['slots'][number]>()]));
  for (const [index, tally] of tallies.entries()) {
    const { path } = targets[index];
    for (const [key, { ns, count }] of tally.names) {
      const ofName = slots.get(Math.floor(key / PHASES.length));
      const slot = ofName?.get(path) ?? { path, ns: 0, count: 0, phaseNs: {} };
      const phase = PHASES[key % PHASES.length];
      slot.ns += ns;
      slot.count += count;
      slot.phaseNs[phase] = (slot.phaseNs[phase] ?? 0) + ns;
      ofName?.set(path, slot);
    }
  }
  return [...slots].map(([nameId, byPath]) => ({ nameId, slots: [...byPath.values()].sort((a, b) => b.ns - a.ns) }));
}

function unattributedWarning({ targets }: Placement, tallies: readonly Tally[], kernelNs: number): string[] {
  const ns = targets.reduce((sum, { path }, index) => (path === UNATTRIBUTED ? sum + tallies[index].ns : sum), 0);
  const percent = kernelNs > 0 ? (100 * ns) / kernelNs : 0;
  return percent < FEW_PERCENT ? [] : [`${percent.toFixed(1)} % of kernel time is linked to no line of code: it is listed as unattributed.`];
}
