/**
 * What people type to find slices. Terms are separated by spaces and all must hold; a minus in front turns one around.
 *
 *     gemm                    name contains it, whatever the case
 *     "all reduce"            the same with a space in it
 *     /^sm90.*gemm/i          name matches a regular expression
 *     name:="aten::mm"        name is exactly this
 *     cat:kernel cat:gemm,moe kind of slice, category as recorded, or what a kernel does; any of several
 *     stream:7 device:0       as recorded
 *     thread:worker           name or id of the track
 *     dur>100us dur<=1.5ms    ns, us, µs, ms, s
 *     step:3 layer:41         engine step and transformer layer, from 0; step:none is outside of all
 *     phase:decode            phase of the engine step: prefill, decode, mixed, unknown
 *     slot:self_attn.qkv_proj module that the kernel is linked to, or one around it
 *     at:llama.py:91          line of source that the kernel is linked to
 */
import { parsePattern } from './pattern.js';

export type Term =
  | { field: 'name'; not: boolean; test: (name: string) => boolean }
  | { field: 'category'; not: boolean; value: string }
  | { field: 'stream' | 'device' | 'thread'; not: boolean; value: string }
  | { field: PlaceField; not: boolean; value: string }
  | { field: 'dur'; not: boolean; test: (durNs: number) => boolean };

/** Where GPU work belongs; who has looked at its steps and its model answers these. */
export const PLACE_FIELDS = ['step', 'layer', 'phase', 'slot', 'at'] as const;
export type PlaceField = (typeof PLACE_FIELDS)[number];

const UNIT_NS: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9 };

/** One term: a minus, then a field with its value, an expression between slashes, text between quotes, or a word. */
const TERM =
  /(-?)(?:(name:=?|cat:|stream:|device:|thread:|step:|layer:|phase:|slot:|at:)("[^"]*"?|\S*)|dur(<=|>=|<|>|=)(\S*)|\/((?:\\.|\[(?:\\.|[^\]])*\]|[^\\/[])+)\/([a-z]*)(?=\s|$)|("[^"]*"?)|(\S+))/gy;

/** The terms, or one sentence that says what cannot be understood. */
export function parseQuery(query: string): Term[] | string {
  const terms: Term[] = [];
  const text = query.trim();
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const found = TERM.exec(text);
    if (!found) return `"${text}" cannot be understood.`;
    const [, minus, field, value = '', comparison, limit = '', pattern, flags = '', quoted, word = ''] = found;
    const term = field
      ? fieldTerm(field, unquoted(value))
      : comparison
        ? durationTerm(comparison, limit)
        : pattern
          ? patternTerm(pattern, flags)
          : contains(quoted === undefined ? word : unquoted(quoted));
    if (typeof term === 'string') return term;
    terms.push({ ...term, not: minus === '-' });
    while (text[TERM.lastIndex] === ' ' || text[TERM.lastIndex] === '\t') TERM.lastIndex++;
  }
  return terms;
}

/** A value for each field, to show how it is used. */
const EXAMPLES: Record<string, string> = {
  'cat:': 'kernel',
  'stream:': '7',
  'device:': '0',
  'step:': '3',
  'layer:': '41',
  'phase:': 'decode',
  'slot:': 'self_attn.qkv_proj',
  'at:': 'llama.py:91',
};

function fieldTerm(field: string, value: string): Term | string {
  if (value === '') return `"${field}" needs a value, for example ${field}${EXAMPLES[field] ?? 'main'}.`;
  if (field === 'name:=') return { field: 'name', not: false, test: (name) => name === value };
  if (field === 'name:') return contains(value);
  if (field === 'cat:') return { field: 'category', not: false, value };
  const place = PLACE_FIELDS.find((known) => field === `${known}:`);
  if (place !== undefined) return { field: place, not: false, value };
  return { field: field === 'stream:' ? 'stream' : field === 'device:' ? 'device' : 'thread', not: false, value };
}

function durationTerm(comparison: string, limit: string): Term | string {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s)$/.exec(limit) ?? [];
  if (digits === undefined) return `"dur${comparison}${limit}" needs a duration such as 100us: a number and ns, us, ms or s.`;
  const limitNs = Number(digits) * UNIT_NS[unit];
  const tests: Record<string, (durNs: number) => boolean> = {
    '<': (durNs) => durNs < limitNs,
    '<=': (durNs) => durNs <= limitNs,
    '>': (durNs) => durNs > limitNs,
    '>=': (durNs) => durNs >= limitNs,
    '=': (durNs) => durNs === limitNs,
  };
  return { field: 'dur', not: false, test: tests[comparison] };
}

function patternTerm(source: string, flags: string): Term | string {
  const pattern = parsePattern(source, flags);
  return typeof pattern === 'string' ? pattern : { field: 'name', not: false, test: (name) => pattern.test(name) };
}

function contains(text: string): Term {
  const lower = text.toLowerCase();
  return { field: 'name', not: false, test: (name) => name.toLowerCase().includes(lower) };
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.replace(/^"|"$/g, '') : text;
}
