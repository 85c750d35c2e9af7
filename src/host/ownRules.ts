/** What the settings say of kernels and GPUs: rules that count before the built-in ones. What is wrong in them is left out and told. */
import * as v from 'valibot';
import type { OwnRules } from '../core/session/session.js';
import { KERNEL_CATEGORIES } from '../shared/protocol.js';

/** Types of numbers that products are counted in. */
const NUMBER_TYPES = ['fp64', 'fp32', 'fp16', 'bf16', 'fp8', 'int8'] as const;

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'i').flags === 'i';
  } catch {
    return false;
  }
}

const oneOf = (names: readonly string[]): string => `is none of ${names.join(', ')}`;
const pattern = v.pipe(v.string('is no text'), v.check(isPattern, 'is no regular expression'));
const above0 = v.pipe(v.number('is no number'), v.finite('is no number'), v.minValue(Number.MIN_VALUE, 'is not above 0'));
const category = v.picklist(KERNEL_CATEGORIES, oneOf(KERNEL_CATEGORIES));
const peak = v.object(
  {
    pattern,
    bytesPerSecond: above0,
    flops: v.record(v.picklist(NUMBER_TYPES, oneOf(NUMBER_TYPES)), above0, 'is no object'),
    source: v.optional(v.string('is no text'), 'your settings'),
  },
  ({ path }) => (path ? 'is missing' : 'is no object'),
);

export interface ParsedRules {
  own: OwnRules;
  /** one for each thing left out: "kernelCategories: “(gemm” is no regular expression" */
  problems: string[];
}

/** Checks the values of `kernelLens.kernelCategories` and `kernelLens.gpuPeaks`. */
export function parseOwnRules(kernelCategories: Readonly<Record<string, unknown>>, gpuPeaks: readonly unknown[]): ParsedRules {
  const problems: string[] = [];
  const categories = Object.entries(kernelCategories).flatMap(([text, value]) => {
    const rule = v.safeParse(pattern, text);
    const named = v.safeParse(category, value);
    if (!rule.success) problems.push(`kernelCategories: “${text}” ${rule.issues[0].message}`);
    if (!named.success) problems.push(`kernelCategories: the category of “${text}” ${named.issues[0].message}`);
    return rule.success && named.success ? [[named.output, new RegExp(rule.output, 'i')] as const] : [];
  });
  const peaks = gpuPeaks.flatMap((value, index) => {
    const parsed = v.safeParse(peak, value);
    if (parsed.success) return [parsed.output];
    const [issue] = parsed.issues;
    const place = v.getDotPath(issue);
    problems.push(`gpuPeaks: entry ${index + 1}${place ? `, ${place}` : ''} ${issue.message}`);
    return [];
  });
  return { own: { categories, peaks }, problems };
}
