/** One line of facts about a run. */
import { count, duration, plural } from '../../shared/format.js';
import { vendorOf } from '../trace/vendor.js';
import type { RunFacts } from './facts.js';

/** More graph launches a step than this are pieces of one. */
const FULL_GRAPHS = 2;

/** "80 layers · H100 80GB HBM3 · rank 0/4 · piecewise CUDA graphs · 13,508 kernels · 378.1 ms recorded"; what is not known is left out. */
export function factsLine(facts: RunFacts): string {
  const { trace, rows, gpu, index } = facts;
  const { rank, worldSize } = trace.meta;
  const layers = new Set(rows.map((row) => row.layers).filter((found) => found > 0));
  const devices = [...new Set(gpu.devices.map(({ name }) => name.replace(/^(?:NVIDIA|AMD) /, '')))].filter(Boolean);
  const parts = [
    layers.size === 1 ? plural([...layers][0], 'layer') : '',
    devices.join(', '),
    rank === undefined ? '' : `rank ${rank}${worldSize === undefined ? '' : `/${worldSize}`}`,
    graphMode(facts),
    index.kernels.length > 0 ? plural(index.kernels.length, 'kernel') : `${count(trace.slices.count)} slices`,
    `${duration(trace.durationNs)} recorded`,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** How decode is launched, or prefill where there is no decode. */
function graphMode({ phases, launches, trace }: RunFacts): string {
  const phase = phases.find((report) => report.phase === 'decode') ?? phases[0];
  if (phase === undefined || launches.eager + launches.graph === 0) return '';
  const graphs = phase.launches.graph / phase.steps;
  if (graphs === 0) return 'eager';
  const kind = vendorOf(trace) === 'amd' ? 'HIP' : 'CUDA';
  return graphs <= FULL_GRAPHS ? `full ${kind} graphs` : `piecewise ${kind} graphs`;
}
