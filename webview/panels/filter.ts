/**
 * The filter of the kernel table: "gemm -splitK avg>10us cat:attention". Words must occur in the name, words with a
 * minus must not, a quoted text may hold spaces, and a column can be compared with a number. All terms must hold.
 */
import type { KernelRow } from '../../src/shared/protocol.js';

export type Filter = { matches: (row: KernelRow) => boolean } | { error: string };

type NumberOf = (row: KernelRow) => number;

const DURATIONS: Partial<Record<string, NumberOf>> = {
  total: (row) => row.totalNs,
  avg: (row) => row.avgNs,
  mean: (row) => row.avgNs,
  median: (row) => row.medianNs,
  min: (row) => row.minNs,
  max: (row) => row.maxNs,
  stddev: (row) => row.stddevNs,
  prefill: (row) => row.prefillNs,
  decode: (row) => row.decodeNs,
  mixed: (row) => row.mixedNs,
};

const NUMBERS: Partial<Record<string, NumberOf>> = {
  calls: (row) => row.count,
  count: (row) => row.count,
  percent: (row) => row.percent,
  '%': (row) => row.percent,
};

const UNITS_NS: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9 };

const COMPARE: Record<string, (a: number, b: number) => boolean> = {
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  '=': (a, b) => a === b,
};

/** Reads a filter, or says in one sentence why it cannot be used. An empty one lets every row through. */
export function parseFilter(text: string): Filter {
  const terms: ((row: KernelRow) => boolean)[] = [];
  for (const [term] of text.matchAll(/-?"[^"]*"?|\S+/g)) {
    const parsed = parseTerm(term);
    if (typeof parsed === 'string') return { error: parsed };
    terms.push(parsed);
  }
  return { matches: (row) => terms.every((holds) => holds(row)) };
}

function isColumn(field: string): boolean {
  return field.toLowerCase() in DURATIONS || field.toLowerCase() in NUMBERS;
}

// Names hold "<4" and "=2" too ("kernel<4, float>"): only a column's name or a duration makes a term a comparison.
function parseTerm(term: string): ((row: KernelRow) => boolean) | string {
  const compared = /^([a-z%]+)(>=|<=|>|<|=)(.*)$/i.exec(term);
  if (compared && (isColumn(compared[1]!) || /\d[nuµμm]?s$/i.test(compared[3]!)))
    return parseComparison(compared[1]!.toLowerCase(), compared[2]!, compared[3]!);
  if (term.startsWith('-') && term.length > 1) {
    const positive = parseTerm(term.slice(1));
    return typeof positive === 'string' ? positive : (row) => !positive(row);
  }
  if (/^cat:/i.test(term)) {
    const category = term.slice(4).toLowerCase();
    return (row) => row.category.toLowerCase().startsWith(category);
  }
  const word = term.replaceAll('"', '').toLowerCase();
  return (row) => row.name.toLowerCase().includes(word) || row.shortName.toLowerCase().includes(word);
}

function parseComparison(field: string, operator: string, text: string): ((row: KernelRow) => boolean) | string {
  const duration = DURATIONS[field];
  const value = duration ?? NUMBERS[field];
  if (!value) return `“${field}” is not a column: use ${[...Object.keys(DURATIONS), 'calls', 'percent'].join(', ')}.`;
  const number = /^(\d+(?:\.\d+)?)(\D*)$/.exec(text);
  const unit = duration ? UNITS_NS[number?.[2]?.toLowerCase() ?? ''] : number?.[2] === '' || number?.[2] === '%' ? 1 : undefined;
  if (!number || unit === undefined) return `“${text}” is not ${duration ? 'a duration: write for example 10us or 1.5ms' : 'a number'}.`;
  const limit = Number(number[1]) * unit;
  const compare = COMPARE[operator]!;
  return (row) => compare(value(row), limit);
}
