/** Kernel time by what kernels have in common: category, phase, step, layer, stream or device. */
import { KERNEL_CATEGORIES, type KernelGroup, type KernelGrouping, PHASES } from '../../shared/protocol.js';
import type { Trace } from '../trace/trace.js';
import type { GpuIndex } from './gpu.js';
import { durationStats } from './kernels.js';
import type { Steps } from './steps.js';

/** What a kernel belongs to, as a number, and what that number means. */
interface Rule {
  /** negative where it belongs to none */
  keyOf(kernel: number): number;
  label(key: number): string;
  /** a search term for the kernels of a key */
  term(key: number): string;
  /** said of kernels that belong to none */
  outside: string;
}

/** One row a group that has kernels, in the order of steps, layers, categories …; what belongs to none comes last. Copies and sets are no kernels. */
export function kernelGroups(trace: Trace, gpu: GpuIndex, steps: Steps, layerOf: ArrayLike<number>, by: KernelGrouping): KernelGroup[] {
  const { keyOf, label, term, outside } = ruleFor(by, trace, gpu, steps, layerOf);
  const members = new Map<number, number[]>();
  let allNs = 0;
  for (const kernel of gpu.kernels) {
    const key = Math.max(keyOf(kernel), -1);
    allNs += trace.slices.durNs[kernel];
    const known = members.get(key);
    if (known === undefined) members.set(key, [kernel]);
    else known.push(kernel);
  }
  const keys = [...members.keys()].sort((a, b) => (a < 0 ? 1 : b < 0 ? -1 : a - b));
  return keys.map((key): KernelGroup => {
    const kernels = members.get(key) ?? [];
    const categoryNs = KERNEL_CATEGORIES.map(() => 0);
    const phaseNs = { prefill: 0, decode: 0, mixed: 0, unknown: 0 };
    for (const kernel of kernels) {
      const durNs = trace.slices.durNs[kernel];
      categoryNs[gpu.category[kernel]] += durNs;
      phaseNs[steps.report.steps[steps.stepOf[kernel]]?.phase ?? 'unknown'] += durNs;
    }
    const { stddevNs: _, ...stats } = durationStats(trace, kernels);
    return {
      key,
      label: key < 0 ? outside : label(key),
      search: `cat:kernel ${key < 0 ? `${by}:none` : term(key)}`,
      ...stats,
      percent: allNs > 0 ? (100 * stats.totalNs) / allNs : 0,
      prefillNs: phaseNs.prefill,
      decodeNs: phaseNs.decode,
      mixedNs: phaseNs.mixed,
      categoryNs,
    };
  });
}

function ruleFor(by: KernelGrouping, { tracks, groups }: Trace, gpu: GpuIndex, { report, stepOf }: Steps, layerOf: ArrayLike<number>): Rule {
  const outsideSteps = 'outside of steps';
  const info = (track: number) => tracks[track].info;
  const device = (track: number): string => groups[info(track).group].name;
  switch (by) {
    case 'category':
      return { keyOf: (kernel) => gpu.category[kernel], label: (key) => KERNEL_CATEGORIES[key], term: (key) => `cat:${KERNEL_CATEGORIES[key]}`, outside: '' };
    case 'phase': {
      const phases = report.steps.map(({ phase }) => PHASES.indexOf(phase));
      return { keyOf: (kernel) => phases[stepOf[kernel]] ?? -1, label: (key) => PHASES[key], term: (key) => `phase:${PHASES[key]}`, outside: outsideSteps };
    }
    case 'step': {
      const label = (key: number): string => `${report.steps[key].phase === 'unknown' ? 'step' : report.steps[key].phase} #${key}`;
      return { keyOf: (kernel) => stepOf[kernel], label, term: (key) => `step:${key}`, outside: outsideSteps };
    }
    case 'layer':
      return { keyOf: (kernel) => layerOf[kernel], label: (key) => `layer ${key}`, term: (key) => `layer:${key}`, outside: 'outside of layers' };
    case 'stream': {
      const several = new Set(gpu.track.map((track) => info(track).group)).size > 1;
      const label = (key: number): string => (several ? `${device(key)} · ${info(key).name}` : info(key).name);
      const term = (key: number): string => `stream:${quoted(info(key).stream)} device:${quoted(info(key).device)}`;
      return { keyOf: (kernel) => gpu.track[kernel], label, term, outside: '' };
    }
    case 'device': {
      // A device's tracks are those of its first one.
      const first = tracks.map(({ info: { device: mine } }) => tracks.findIndex((other) => other.info.kind === 'stream' && other.info.device === mine));
      return { keyOf: (kernel) => first[gpu.track[kernel]], label: device, term: (key) => `device:${quoted(info(key).device)}`, outside: '' };
    }
  }
}

function quoted(value = ''): string {
  return /^\S+$/.test(value) ? value : `"${value}"`;
}
