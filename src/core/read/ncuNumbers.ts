/** Numbers as `ncu` prints them in the user's locale: "9,495.42", "9.495,42", "9 495,42", "65,77". */

export type DecimalMark = '.' | ',';

/** A number in any locale; spaces and apostrophes only ever group. */
const NUMBER = /^[-+]?\d(?:[\d.,'’ \u00a0\u202f]*\d)?(?:[eE][-+]?\d+)?$/;
/** Groups of thousands, by one mark alone. */
const GROUPS = /^\d{1,3}(?:[.,]\d{3})+$/;
const GROUPING = /['’ \u00a0\u202f]/g;

/** The text's own decimal mark: 'none' without marks, 'unsure' for "13,485", undefined for what is no number. */
function ownMark(text: string): DecimalMark | 'none' | 'unsure' | undefined {
  if (!NUMBER.test(text)) return undefined;
  const digits = text
    .replace(/[eE].*$/, '')
    .replace(/^[-+]/, '')
    .replace(GROUPING, '');
  const last = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','));
  if (last < 0) return 'none';
  const mark: DecimalMark = digits[last] === '.' ? '.' : ',';
  const other: DecimalMark = mark === '.' ? ',' : '.';
  if (digits.includes(other)) return mark;
  // The same mark twice groups, so the other one would be the decimal mark.
  if (digits.indexOf(mark) < last) return GROUPS.test(digits) ? other : undefined;
  const isGroup = digits.length - last === 4 && last <= 3 && digits[0] !== '0';
  return isGroup ? 'unsure' : mark;
}

/** The decimal mark that numbers of one file agree on; undefined when none of them tells, or they disagree. */
export function decimalMark(texts: Iterable<string>): DecimalMark | undefined {
  const found = new Set<DecimalMark>();
  for (const text of texts) {
    const mark = ownMark(text);
    if (mark === '.' || mark === ',') found.add(mark);
  }
  return found.size === 1 ? [...found][0] : undefined;
}

/** The number of a text; 'unsure' where its mark may group or begin the decimals, undefined for what is no number. */
export function localeNumber(text: string, fileMark: DecimalMark | undefined): number | 'unsure' | undefined {
  const own = ownMark(text);
  if (own === undefined) return undefined;
  const mark = own === 'unsure' ? fileMark : own;
  if (mark === undefined) return 'unsure';
  const plain = text.replace(GROUPING, '');
  const value = Number(mark === ',' ? plain.replaceAll('.', '').replace(',', '.') : plain.replaceAll(',', ''));
  return Number.isFinite(value) ? value : undefined;
}
