/** Whether a step is prefill or decode when its annotation does not say. */
import type { Phase } from '../../shared/protocol.js';
import type { Trace } from '../trace/trace.js';
import { NONE } from '../trace/trace.js';

/** One block per token writes the KV cache, so its grid counts the tokens of the step (padding of graphs included). */
const CACHE_WRITE = /(?:^|::|\s)(?:reshape_and_cache|store_kv_?cache|concat_and_cache)/;
/** Attention that splits one query's keys over blocks: only worth it for few queries. */
const SPLIT_ATTENTION = /Combine|split_?kv|_reduce_kernel|reduce_segments|_3d|mla_combine|MultiCtasKv|VarSeqQ8|SwapsAbForGen|paged_attention/;

/** More tokens than this are hardly a decode batch. */
const MANY_TOKENS = 512;

/** What of a step tells its phase. */
export interface StepSigns {
  tokens?: number;
  busyNs: number;
  /** share of its kernels launched by graphs */
  graphShare: number;
  splitAttention: boolean;
}

/** Reads the signs off a step's kernels. */
export function stepSigns(trace: Trace, kernels: Uint32Array): StepSigns {
  const { slices, gpu, strings } = trace;
  const grids = new Map<number, number>();
  let busyNs = 0;
  let graphed = 0;
  let splitAttention = false;
  const seen = new Map<number, { writesCache: boolean; isGraph: boolean; splits: boolean }>();
  const says = (name: number) => {
    let said = seen.get(name);
    if (said === undefined) {
      const text = strings.get(name);
      said = { writesCache: CACHE_WRITE.test(text), isGraph: /GraphLaunch/.test(text), splits: SPLIT_ATTENTION.test(text) };
      seen.set(name, said);
    }
    return said;
  };
  for (const kernel of kernels) {
    busyNs += slices.durNs[kernel];
    const { writesCache, splits } = says(slices.name[kernel]);
    splitAttention ||= splits;
    if (gpu.launch[kernel] !== NONE && says(slices.name[gpu.launch[kernel]]).isGraph) graphed++;
    if (writesCache && gpu.gridX[kernel] > 0) grids.set(gpu.gridX[kernel], (grids.get(gpu.gridX[kernel]) ?? 0) + 1);
  }
  return { tokens: mostFrequent(grids), busyNs, graphShare: kernels.length > 0 ? graphed / kernels.length : 0, splitAttention };
}

/**
 * Tells prefill from decode for the steps of one trace. Each sign votes with a weight found by comparing with annotated traces:
 * graphs and split attention speak for decode, one token means it, many tokens do not fit it, and long steps are the prefills where steps differ much.
 */
export function classifyPhases(steps: StepSigns[]): Phase[] {
  const border = longShortBorder(steps.map(({ busyNs }) => busyNs));
  return steps.map(({ tokens, busyNs, graphShare, splitAttention }) => {
    let decode = graphShare > 0.9 ? 2 : graphShare < 0.05 ? -0.5 : 0;
    decode += splitAttention ? 1 : -0.5;
    if (border !== undefined) decode += busyNs < border ? 1.5 : -1.5;
    if (tokens !== undefined) decode += tokens === 1 ? 3 : tokens <= MANY_TOKENS ? 1 : -2;
    return decode > 0 ? 'decode' : 'prefill';
  });
}

/** The most frequent key; undefined when there is none. */
export function mostFrequent(counts: Map<number, number>): number | undefined {
  let best: number | undefined;
  for (const [key, times] of counts) if (best === undefined || times > (counts.get(best) ?? 0)) best = key;
  return best;
}

/** Two means over log time; undefined where the longest is less than twice the shortest. */
function longShortBorder(times: number[]): number | undefined {
  const logs = times.filter((time) => time > 0).map(Math.log);
  let short = Math.min(...logs);
  let long = Math.max(...logs);
  if (!(long - short > Math.LN2)) return undefined;
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  for (let round = 0; round < 20; round++) {
    const shorts = logs.filter((value) => value - short <= long - value);
    const longs = logs.filter((value) => value - short > long - value);
    if (shorts.length === 0 || longs.length === 0) break;
    short = mean(shorts);
    long = mean(longs);
  }
  return Math.exp((short + long) / 2);
}
