/** How edits of a text move its lines. */

/** One edit: lines first … last, from 0, became first … last + added. */
export interface LineEdit {
  first: number;
  last: number;
  added: number;
  /** the first line's own text stands before the edit, the last one's after it */
  keepsFirst: boolean;
  keepsLast: boolean;
}

/** The parts of VS Code's TextDocumentContentChangeEvent that decide. */
export interface TextEdit {
  range: { start: { line: number; character: number }; end: { line: number; character: number } };
  text: string;
}

export function lineEdit({ range: { start, end }, text }: TextEdit): LineEdit {
  const breaks = text.split('\n').length - 1;
  return {
    first: start.line,
    last: end.line,
    added: breaks - (end.line - start.line),
    keepsFirst: start.character > 0 && /^\r?\n/.test(text),
    keepsLast: end.character === 0 && (text.endsWith('\n') || (text === '' && start.character === 0)),
  };
}

/** Where a line, from 1, is after the edits; undefined once one of them changed or deleted it. */
export function lineAfter(line: number, edits: readonly LineEdit[]): number | undefined {
  let at = line - 1;
  for (const { first, last, added, keepsFirst, keepsLast } of edits) {
    if (at < first || (at === first && keepsFirst)) continue;
    if (at < last || (at === last && !keepsLast)) return undefined;
    at += added;
  }
  return at + 1;
}
