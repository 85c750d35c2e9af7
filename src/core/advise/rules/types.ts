/** Findings about number types: what is read from memory could be smaller. */
import type { Finding } from '../../../shared/analysis.js';
import { plural } from '../../../shared/format.js';
import type { KernelCategory } from '../../../shared/protocol.js';
import { each, kernelsNamed, percentOf, type RunFacts } from '../facts.js';
import { verdicts } from '../verdict.js';

/** 16-bit inputs, as libraries write them into names, and none of the smaller types. */
const SIXTEEN_BIT = /bf16|bfloat16|__nv_bfloat|hgemm|h16|_f16|fp16|half|BBS|HHS|_tst|s16816/i;
const SMALLER = /fp8|e4m3|e5m2|f8|int8|_s8|i8|marlin|awq|gptq|w4a|mxfp4|nvfp4|fp4|machete/i;

/** Decode that is bound by reading 16-bit weights: with 8-bit ones it reads half. */
export function weightTypes(facts: RunFacts): Finding[] {
  const decode = facts.phases.find(({ phase }) => phase === 'decode');
  if (decode === undefined || verdicts(facts).find(({ phase }) => phase === 'decode')?.bound !== 'memory') return [];
  const is16 = (name: string, category: KernelCategory): boolean => ['gemm', 'moe'].includes(category) && SIXTEEN_BIT.test(name) && !SMALLER.test(name);
  const kernels = kernelsNamed(facts, 'decode', is16, 'cat:gemm');
  const percentOfPhase = kernels ? percentOf(decode, kernels.totalNs) : 0;
  if (kernels === undefined || percentOfPhase < 20) return [];
  const atStakeNs = kernels.totalNs / decode.steps;
  return [
    {
      rule: 'weightTypes',
      severity: 'info',
      title: 'Decode reads 16-bit weights',
      sentence: `${plural(kernels.count, 'product')} with 16-bit inputs by their names, ${each(kernels.totalNs, kernels.count)}, and decode is bound by reading them.`,
      advice: 'Quantize the weights (FP8 halves what is read), if the model’s quality allows.',
      phase: 'decode',
      atStakeNs,
      per: 'step',
      percentOfPhase,
      // Half the bytes is at most half the time; smaller products lose part of it to latency.
      gainNs: { low: 0.25 * atStakeNs, high: 0.5 * atStakeNs },
      confidence: 'medium',
      evidence: kernels.evidence,
    },
  ];
}

/** Attention of decode reads the whole KV cache. */
export function kvCacheTypes(facts: RunFacts): Finding[] {
  const decode = facts.phases.find(({ phase }) => phase === 'decode');
  if (decode === undefined) return [];
  const isAttention = (name: string, category: KernelCategory): boolean => category === 'attention' && !SMALLER.test(name);
  const kernels = kernelsNamed(facts, 'decode', isAttention, 'cat:attention');
  const percentOfPhase = kernels ? percentOf(decode, kernels.totalNs) : 0;
  if (kernels === undefined || percentOfPhase < 20) return [];
  const atStakeNs = kernels.totalNs / decode.steps;
  return [
    {
      rule: 'kvCacheTypes',
      severity: 'info',
      title: 'Attention reads the KV cache for much of decode',
      sentence: `${plural(kernels.count, 'attention kernel')}, ${each(kernels.totalNs, kernels.count)}.`,
      advice: 'Keep the KV cache in FP8: half the bytes to read.',
      phase: 'decode',
      atStakeNs,
      per: 'step',
      percentOfPhase,
      gainNs: { low: 0, high: 0.5 * atStakeNs },
      confidence: 'low',
      evidence: kernels.evidence,
    },
  ];
}
