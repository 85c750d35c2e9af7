/** What the view, the status bar and the pickers say of a trace. */
import * as v from 'valibot';
import { count, duration } from '../shared/format.js';
import type { TraceInfo } from '../shared/protocol.js';

/** A line below a trace: what it is about, a name, and a number or a word for it. */
const summaryLine = v.object({
  about: v.picklist(['steps', 'verdict', 'findings', 'model']),
  label: v.string(),
  description: v.string(),
  tooltip: v.string(),
});
export type SummaryLine = v.InferOutput<typeof summaryLine>;

export const facts = v.object({
  gpu: v.string(),
  rank: v.optional(v.number()),
  worldSize: v.optional(v.number()),
  durationNs: v.number(),
  kernelCount: v.number(),
  format: v.string(),
  headline: v.string(),
  emptyReason: v.optional(v.string()),
  damage: v.optional(v.string()),
  /** of its report, once somebody looked at it */
  lines: v.optional(v.array(summaryLine)),
  /** once its kernels were linked */
  model: v.optional(summaryLine),
});
export type Facts = v.InferOutput<typeof facts>;

/** "H100" of "NVIDIA H100 80GB HBM3", "MI300X" of "AMD Instinct MI300X". */
export function shortGpu(name: string): string {
  return /\b(?:[A-Z]{1,2}\d{1,4}[A-Z]{0,2}|RTX \w+(?: \w+)?)\b/.exec(name)?.[0] ?? name;
}

export function factsOf({ devices, rank, worldSize, durationNs, kernelCount, format, stepsHeadline, emptyReason, damage }: TraceInfo): Facts {
  return { gpu: shortGpu(devices[0]?.name ?? ''), rank, worldSize, durationNs, kernelCount, format, headline: stepsHeadline, emptyReason, damage };
}

/** "1 prefill + 9 decode" of "1 prefill of 1049 tokens + 9 decode steps". */
export function shortHeadline(headline: string): string {
  return headline.replace(/ of [\d,.]+ tokens/g, '').replace(/(prefill|mixed|decode) steps?/g, '$1');
}

/** "rank 0/4"; undefined when the file does not say. */
function rankText({ rank, worldSize }: Pick<Facts, 'rank' | 'worldSize'>): string | undefined {
  if (rank === undefined) return undefined;
  return worldSize === undefined ? `rank ${rank}` : `rank ${rank}/${worldSize}`;
}

/** "H100 · rank 0/4 · 378.1 ms · 13,508 kernels". */
export function factsLine(known: Facts): string {
  const parts = [
    known.gpu,
    rankText(known),
    duration(known.durationNs),
    known.emptyReason === undefined ? `${count(known.kernelCount)} kernels` : 'no GPU work',
  ];
  return parts.filter(Boolean).join(' · ');
}

/** "1 prefill + 9 decode · H100 · rank 0/4": what ran and where, for a narrow place. */
export function headlineText(known: Facts): string {
  return known.headline === '' ? factsLine(known) : [shortHeadline(known.headline), known.gpu, rankText(known)].filter(Boolean).join(' · ');
}
