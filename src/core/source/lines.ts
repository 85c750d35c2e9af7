/** What each line of source costs: calls, forwards and classes of the model, and definitions of kernels. */
import type { LineCost, ModelMap, SourcePlace } from '../../shared/model.js';
import type { Strings } from '../trace/strings.js';
import { modulePath } from './frames.js';
import { classesAround, placeKey, type Target } from './placement.js';
import { addTally, emptyTally, kernelCosts, mainEvidence, phaseCosts, type Tally } from './tally.js';

export interface Line {
  place: SourcePlace;
  kind: LineCost['kind'];
}

/** Every line that a target's kernels count for: its own, and those of the modules around it. Each line is there once. */
export function linesOf(model: ModelMap, target: Target): Line[] {
  const lines = new Map<string, Line>();
  const add = (kind: Line['kind'], place: SourcePlace | undefined): void => {
    if (place !== undefined && !lines.has(placeKey(place))) lines.set(placeKey(place), { place, kind });
  };
  for (const { place, forward, call } of classesAround(model, target)) {
    add('class', place);
    add('forward', forward);
    add('call', call);
  }
  add(target.slot === undefined ? 'forward' : 'call', target.place);
  add('forward', target.slot?.forward);
  return [...lines.values()];
}

/** A line and all kernels that count for it. */
export interface LineTally extends Line {
  tally: Tally;
}

/** Adds up the targets' costs by line. */
export function tallyLines(model: ModelMap, targets: readonly Target[], tallies: readonly Tally[], layers: number): LineTally[] {
  const lines = new Map<string, LineTally>();
  for (const [index, target] of targets.entries()) {
    if (tallies[index].count === 0) continue;
    for (const line of linesOf(model, target)) {
      const key = placeKey(line.place);
      const known = lines.get(key) ?? { ...line, tally: emptyTally(layers) };
      addTally(known.tally, tallies[index]);
      lines.set(key, known);
    }
  }
  return [...lines.values()];
}

/** The report's form of the lines, most time first. */
export function lineCosts(lines: readonly LineTally[], kernelNs: number, steps: readonly number[], strings: Strings): LineCost[] {
  const fileText = shortFiles(lines.map(({ place }) => place.file));
  return [...lines]
    .sort((a, b) => b.tally.ns - a.tally.ns)
    .map(({ place, kind, tally }) => ({
      place,
      kind,
      totalNs: tally.ns,
      percent: kernelNs > 0 ? (100 * tally.ns) / kernelNs : 0,
      phases: phaseCosts(tally, steps),
      ...mainEvidence(tally),
      search: searchText('at', `${fileText(place.file)}:${place.line}`),
      kernels: kernelCosts(tally, strings),
    }));
}

/** A term of a query, quoted where it has to be. */
export function searchText(field: string, value: string): string {
  return `${field}:${/\s/.test(value) ? `"${value}"` : value}`;
}

/** Whether a place is what people type for it: "llama.py:91", "models/llama.py:91". */
export function isPlaceText(place: SourcePlace, text: string): boolean {
  return `/${placeKey(place)}`.endsWith(`/${text}`);
}

/** File names where they tell the files apart, else paths inside their package. */
function shortFiles(files: readonly string[]): (file: string) => string {
  const name = (file: string): string => file.slice(file.lastIndexOf('/') + 1);
  const filesOfName = new Map<string, Set<string>>();
  for (const file of files) filesOfName.set(name(file), (filesOfName.get(name(file)) ?? new Set()).add(file));
  return (file) => (filesOfName.get(name(file))?.size === 1 ? name(file) : (modulePath(file)?.path ?? file));
}
