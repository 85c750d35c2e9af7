/** Communication between ranks: by which collectives of which libraries, how long, and how much of it nothing overlaps. */
import type { CollectiveRow, CommunicationReport, GpuReport } from '../../shared/analysis.js';
import { NONE, type Trace } from '../trace/trace.js';
import { busFactor, collectiveOf, libraryOf, type Message } from './collectives.js';
import { distribution } from './distribution.js';
import type { GpuIndex } from './gpu.js';
import { COMMUNICATION, workByDevice } from './gpuTime.js';
import type { Steps } from './steps.js';
import { coverOf } from './unions.js';

/** What the args of a collective's kernel say of its message; undefined where they say nothing. */
export type Messages = (slice: number) => Message | undefined;

/** One row a kernel name; the whole from the times of the devices. Message sizes and bandwidths are there where `messages` knows them. */
export function reportCommunication(
  trace: Trace,
  gpu: GpuIndex,
  steps: Steps,
  { devices }: GpuReport,
  messages: Messages = () => undefined,
): CommunicationReport {
  const { durNs, name } = trace.slices;
  const exposureNs = exposures(trace, gpu);
  const groups = new Map<number, number[]>();
  let kernelTimeNs = 0;
  for (const kernel of gpu.kernels) {
    kernelTimeNs += durNs[kernel];
    if (gpu.category[kernel] !== COMMUNICATION) continue;
    const known = groups.get(name[kernel]);
    if (known === undefined) groups.set(name[kernel], [kernel]);
    else known.push(kernel);
  }
  const rows = [...groups.values()].map((members) => rowOf(trace, steps, members, exposureNs, messages)).sort((a, b) => b.totalNs - a.totalNs);
  const communicationNs = devices.reduce((sum, { time }) => sum + time.communicationNs, 0);
  const exposedNs = devices.reduce((sum, { time }) => sum + time.exposedCommunicationNs, 0);
  const totalNs = rows.reduce((sum, row) => sum + row.totalNs, 0);
  return {
    rows,
    count: rows.reduce((sum, row) => sum + row.count, 0),
    totalNs,
    percentOfKernelTime: kernelTimeNs > 0 ? (100 * totalNs) / kernelTimeNs : 0,
    communicationNs,
    exposedNs,
    overlappedPercent: communicationNs > 0 ? (100 * (communicationNs - exposedNs)) / communicationNs : 0,
    caveat:
      rows.length > 0 ? 'A rank that waits for the others counts as communicating: the rank with the least communication is usually the late one.' : undefined,
  };
}

/** By slice id, how much of each communication kernel nothing that computes on its device overlaps. */
function exposures(trace: Trace, gpu: GpuIndex): Float64Array {
  const { startNs, durNs } = trace.slices;
  const exposureNs = new Float64Array(trace.gpu.count);
  for (const work of workByDevice(trace, gpu).values()) {
    const computing = coverOf(
      trace,
      work.filter((slice) => gpu.category[slice] !== COMMUNICATION && gpu.kind(slice) !== 'memcpy'),
    );
    for (const slice of work) {
      if (gpu.category[slice] !== COMMUNICATION) continue;
      exposureNs[slice] = durNs[slice] - computing.coveredNs(startNs[slice], startNs[slice] + durNs[slice]);
    }
  }
  return exposureNs;
}

function rowOf(trace: Trace, { report, stepOf, layerOf }: Steps, members: number[], exposureNs: Float64Array, messages: Messages): CollectiveRow {
  const { slices, strings, gpu } = trace;
  const [first] = members;
  const name = strings.get(slices.name[first]);
  const launch = gpu.launch[first] === NONE ? '' : strings.get(slices.name[gpu.launch[first]]);
  const collective = collectiveOf(name);
  const spent = { prefill: 0, decode: 0, mixed: 0, unknown: 0 };
  const inSteps = members.filter((slice) => stepOf[slice] >= 0);
  for (const slice of inSteps) spent[report.steps[stepOf[slice]].phase] += slices.durNs[slice];
  const itsSteps = new Set(inSteps.map((slice) => stepOf[slice]));
  const inLayers = inSteps.filter((slice) => layerOf[slice] >= 0);
  const layers = [...itsSteps].reduce((sum, step) => sum + report.steps[step].layers, 0);
  const duration = distribution(members.map((slice) => slices.durNs[slice]));
  return {
    collective,
    library: libraryOf(name, launch),
    name,
    count: members.length,
    totalNs: duration.totalNs,
    exposedNs: members.reduce((sum, slice) => sum + exposureNs[slice], 0),
    duration,
    perStep: itsSteps.size > 0 ? inSteps.length / itsSteps.size : undefined,
    perLayer: layers > 0 ? inLayers.length / layers : undefined,
    phase: { prefillNs: spent.prefill, decodeNs: spent.decode, mixedNs: spent.mixed },
    ...bandwidthOf(trace, members, messages, (ranks) => busFactor(collective, ranks)),
  };
}

/** Of the calls whose message is known: bytes over the time of the kernel, which includes waiting for the others. */
function bandwidthOf(
  { slices: { durNs } }: Trace,
  members: number[],
  messages: Messages,
  factor: (ranks: number) => number,
): Pick<CollectiveRow, 'messageBytes' | 'algorithmBandwidth' | 'busBandwidth'> {
  let [count, total, onBus, ns, min, max] = [0, 0, 0, 0, Number.POSITIVE_INFINITY, 0];
  for (const slice of members) {
    const message = messages(slice);
    if (message === undefined) continue;
    count++;
    total += message.bytes;
    onBus += message.bytes * factor(message.ranks);
    ns += durNs[slice];
    min = Math.min(min, message.bytes);
    max = Math.max(max, message.bytes);
  }
  if (count === 0 || ns === 0) return {};
  return { messageBytes: { min, max, mean: total / count }, algorithmBandwidth: (total * 1e9) / ns, busBandwidth: (onBus * 1e9) / ns };
}
