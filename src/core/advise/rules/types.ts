/** Findings about what decode reads from memory: how fast, and in which number types. */
import { type Finding, isWithheld, type PhaseReport } from '../../../shared/analysis.js';
import { bytes, duration, percent, plural } from '../../../shared/format.js';
import { atStake, each, type KernelSum, kernelsFound, type RunFacts } from '../facts.js';
import { verdicts } from '../verdict.js';

/** 16-bit inputs, as libraries write them into names, and none of the smaller types. */
const SIXTEEN_BIT = '/bf16|bfloat16|__nv_bfloat|hgemm|h16|_f16|fp16|half|BBS|HHS|_tst|s16816/i';
const SMALLER = '/fp8|e4m3|e5m2|f8|int8|_s8|i8|marlin|awq|gptq|w4a|mxfp4|nvfp4|fp4|machete/i';

const WORTH_PERCENT = 20;

const decodeOf = ({ phases }: RunFacts): PhaseReport | undefined => phases.find(({ phase }) => phase === 'decode');

/** The time that the products of a decode step take, and the part of it in which the weights can be read once. */
function weightReading(facts: RunFacts): { kernels: KernelSum; idealNs: number } | undefined {
  const { weightRead } = facts.roofline;
  const kernels = kernelsFound(facts, 'decode', 'cat:gemm,moe');
  return kernels === undefined || isWithheld(weightRead) ? undefined : { kernels, idealNs: weightRead.idealNs };
}

/** Products of decode must read the weights once; what they take beyond that is lost to small tiles, latency and poor kernels. */
export function slowWeightReads(facts: RunFacts): Finding[] {
  const decode = decodeOf(facts);
  const reading = decode && weightReading(facts);
  const { weightRead } = facts.roofline;
  if (decode === undefined || reading === undefined || isWithheld(weightRead)) return [];
  const { kernels, idealNs } = reading;
  const productNs = kernels.totalNs / decode.steps;
  const beyondNs = productNs - idealNs;
  const stake = atStake(decode, beyondNs * decode.steps);
  if (productNs < FAR_ABOVE * idealNs || stake.percentOfPhase < WORTH_BEYOND_PERCENT) return [];
  return [
    {
      rule: 'slowWeightReads',
      severity: 'warning',
      title: 'Decode is far above the weight-read bound',
      sentence: `Products take ${duration(productNs)} a step; reading ${bytes(weightRead.weightBytes)} of weights once takes ${duration(idealNs)} at the stated bandwidth (${weightRead.source}). The whole step is at ${percent(weightRead.percent)} of it.`,
      advice: 'Look for the products far from their roof: small or odd shapes, missing tuned kernels, weights that are converted on the way.',
      ...stake,
      gainNs: { low: 0, high: beyondNs },
      confidence: 'medium',
      evidence: kernels.evidence,
    },
  ];
}

/** Nothing reaches the stated bandwidth; good kernels reach two thirds of it and more. */
const FAR_ABOVE = 1.5;
const WORTH_BEYOND_PERCENT = 5;

/** Decode that is bound by reading 16-bit weights: with 8-bit ones it reads half. */
export function weightTypes(facts: RunFacts): Finding[] {
  const decode = decodeOf(facts);
  if (decode === undefined || verdicts(facts).find(({ phase }) => phase === 'decode')?.bound !== 'memory') return [];
  const kernels = kernelsFound(facts, 'decode', `cat:gemm,moe ${SIXTEEN_BIT} -${SMALLER}`);
  if (kernels === undefined) return [];
  // Where it is known how long reading takes, the rest of their time is what slowWeightReads counts.
  const reading = slowWeightReads(facts).length > 0 ? weightReading(facts) : undefined;
  const readNs = reading ? kernels.totalNs * ((reading.idealNs * decode.steps) / reading.kernels.totalNs) : kernels.totalNs;
  const stake = atStake(decode, readNs);
  if (stake.percentOfPhase < WORTH_PERCENT) return [];
  return [
    {
      rule: 'weightTypes',
      severity: 'info',
      title: 'Decode reads 16-bit weights',
      sentence: `${plural(kernels.count, 'product')} with 16-bit inputs by their names, ${each(kernels.totalNs, kernels.count)}, and decode is bound by reading them.`,
      advice: 'Quantize the weights (FP8 halves what is read), if the model’s quality allows.',
      ...stake,
      // Half the bytes is at most half the time; smaller products lose part of it to latency.
      gainNs: { low: 0.25 * stake.atStakeNs, high: 0.5 * stake.atStakeNs },
      confidence: 'medium',
      evidence: kernels.evidence,
    },
  ];
}

/** Attention of decode reads the whole KV cache. */
export function kvCacheTypes(facts: RunFacts): Finding[] {
  const decode = decodeOf(facts);
  const kernels = decode && kernelsFound(facts, 'decode', `cat:attention -${SMALLER}`);
  if (decode === undefined || kernels === undefined) return [];
  const stake = atStake(decode, kernels.totalNs);
  if (stake.percentOfPhase < WORTH_PERCENT) return [];
  return [
    {
      rule: 'kvCacheTypes',
      severity: 'info',
      title: 'Attention reads the KV cache for much of decode',
      sentence: `${plural(kernels.count, 'attention kernel')}, ${each(kernels.totalNs, kernels.count)}.`,
      advice: 'Keep the KV cache in FP8: half the bytes to read.',
      ...stake,
      gainNs: { low: 0, high: 0.5 * stake.atStakeNs },
      confidence: 'low',
      evidence: kernels.evidence,
    },
  ];
}
