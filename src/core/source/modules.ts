/** The module tree, weighted by GPU time. */
import type { ModelMap, ModuleCost, SourcePlace } from '../../shared/model.js';
import { searchText } from './lines.js';
import { classesAround, isOutside, OUTSIDE, type Target, UNATTRIBUTED } from './placement.js';
import { addTally, confidenceOf, emptyTally, evidenceTimes, phaseCosts, type Tally } from './tally.js';

interface Node {
  parent: number;
  label: string;
  path: string;
  className: string;
  place?: SourcePlace;
  tally: Tally;
}

/** Every module in which something ran, parents before children, siblings in call order; also what is outside of the model, and what is not known. */
export function moduleCosts(model: ModelMap, targets: readonly Target[], tallies: readonly Tally[], steps: readonly number[], layers: number): ModuleCost[] {
  const nodes: Node[] = [];
  const add = (parent: number, label: string, path: string, className = '', place?: SourcePlace): number =>
    nodes.push({ parent, label, path, className, place, tally: emptyTally(layers) }) - 1;
  const [top] = model.classes;
  add(-1, model.architecture, '', top?.className ?? model.architecture, top?.place);
  add(-1, 'Outside the model', OUTSIDE);
  add(-1, 'Unattributed', UNATTRIBUTED);

  const nodeOf = (target: Target): number => {
    if (target.path === UNATTRIBUTED) return 2;
    const known = nodes.findIndex(({ path }) => path === target.path);
    if (known >= 0) return known;
    if (isOutside(target.path)) return add(1, target.path.slice(OUTSIDE.length + 1), target.path, '', target.place);
    return steppedTo(target);
  };
  const steppedTo = (target: Target): number => {
    const around = classesAround(model, target);
    let parent = 0;
    let path = '';
    // "layers.*" is one element: all layers are one node.
    for (const element of target.path.split(/\.(?!\*)/)) {
      path = path === '' ? element : `${path}.${element}`;
      const module = around.find((one) => one.path === path);
      const isTarget = path === target.path;
      const known = nodes.findIndex((node) => node.path === path);
      parent =
        known >= 0
          ? known
          : add(parent, element.replace(/\.\*$/, ''), path, module?.className ?? (isTarget ? target.className : ''), isTarget ? target.place : module?.place);
    }
    return parent;
  };

  for (const [index, target] of targets.entries()) {
    if (tallies[index].count === 0) continue;
    for (let node = nodeOf(target); node >= 0; node = nodes[node].parent) addTally(nodes[node].tally, tallies[index]);
  }
  return nodes.map(({ tally, ...node }, id) => ({
    id,
    ...node,
    totalNs: tally.ns,
    phases: phaseCosts(tally, steps),
    evidence: evidenceTimes(tally),
    confidence: confidenceOf(tally),
    search: searchText('slot', node.path === '' ? node.label : node.path),
  }));
}
