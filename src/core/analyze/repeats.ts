/** Where steps begin when nothing but kernels was recorded: what runs once a step repeats every L layers. */
import type { Trace } from '../trace/trace.js';
import { attentionStarts } from './layers.js';
import { mostFrequent } from './phases.js';

export interface Repeats {
  /** indices in the given kernels where steps begin */
  starts: number[];
  layers: number;
  /** kernel names that agree on the number of layers; 0 when the kernels are taken as one step */
  votes: number;
}

/** Fewer attention groups are no language model's step. */
const FEWEST_LAYERS = 4;
/** Side-stream copies alone made up steps with one vote; three never did on annotated traces. */
const FEWEST_VOTES = 3;
const AGREEMENT = 0.85;

/** Cuts kernels in time order into steps; undefined when they do not look like a language model's. */
export function findRepeats(trace: Trace, kernels: Uint32Array, roles: Uint8Array): Repeats | undefined {
  const attention = attentionStarts(kernels, roles);
  if (attention.length < FEWEST_LAYERS) return undefined;
  const ballots = vote(layersBefore(trace, kernels, attention), attention.length);
  const winner = [...ballots].sort((a, b) => b[1].length - a[1].length)[0];
  if (winner === undefined || winner[1].length < FEWEST_VOTES) return { starts: [0], layers: attention.length, votes: 0 };
  const [layers, firsts] = winner;
  const offsets = new Map<number, number>();
  for (const first of firsts) offsets.set(first % layers, (offsets.get(first % layers) ?? 0) + 1);
  const offset = mostFrequent(offsets) ?? 0;
  const starts = [0];
  for (let next = offset === 0 ? layers : offset; next < attention.length; next += layers) {
    starts.push(longestPause(trace, kernels, attention[next - 1] + 1, attention[next]));
  }
  return { starts, layers, votes: firsts.length };
}

/** For every kernel name, the number of attention groups that began before each of its calls. */
function layersBefore(trace: Trace, kernels: Uint32Array, attention: number[]): Map<number, number[]> {
  const counts = new Map<number, number[]>();
  let before = 0;
  for (let at = 0; at < kernels.length; at++) {
    while (before < attention.length && attention[before] < at) before++;
    const name = trace.slices.name[kernels[at]];
    const list = counts.get(name);
    if (list === undefined) counts.set(name, [before]);
    else list.push(before);
  }
  return counts;
}

/** Names that keep the same distance in layers, by that distance; each with where it was first. */
function vote(counts: Map<number, number[]>, groups: number): Map<number, number[]> {
  const ballots = new Map<number, number[]>();
  for (const before of counts.values()) {
    if (before.length < 2 || before.length > groups / 3) continue;
    const distances = new Map<number, number>();
    let steps = 0;
    for (let i = 1; i < before.length; i++) {
      const distance = before[i] - before[i - 1];
      if (distance === 0) continue;
      distances.set(distance, (distances.get(distance) ?? 0) + 1);
      steps++;
    }
    const layers = mostFrequent(distances);
    if (layers === undefined || layers < FEWEST_LAYERS || (distances.get(layers) ?? 0) / steps < AGREEMENT) continue;
    const ballot = ballots.get(layers);
    if (ballot === undefined) ballots.set(layers, [before[0]]);
    else ballot.push(before[0]);
  }
  return ballots;
}

/** Index in from … to of the kernel that waited longest for the one before it. */
function longestPause(trace: Trace, kernels: Uint32Array, from: number, to: number): number {
  const { startNs, durNs } = trace.slices;
  let best = to;
  let longest = -Infinity;
  for (let at = from; at <= to; at++) {
    const pause = startNs[kernels[at]] - (startNs[kernels[at - 1]] + durNs[kernels[at - 1]]);
    if (pause > longest) {
      longest = pause;
      best = at;
    }
  }
  return best;
}
