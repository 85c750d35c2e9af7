/** The text of one record, taken apart without changing a character: numbers of any size stay as they were written. */
import { unescapeJson } from './text.js';

export interface Member {
  key: string;
  /** JSON text of the value */
  text: string;
}

/** The members of the object that opens at the first `{` of `text`. What is no JSON ends the list. */
export function membersOf(text: string): Member[] {
  const members: Member[] = [];
  const open = text.indexOf('{');
  if (open < 0) return members;
  let at = skipSpace(text, open + 1);
  while (text[at] === '"') {
    const keyEnd = stringEnd(text, at);
    const colon = skipSpace(text, keyEnd);
    if (text[colon] !== ':') break;
    const from = skipSpace(text, colon + 1);
    const to = valueEnd(text, from);
    if (to === from) break;
    members.push({ key: unescapeJson(text.slice(at + 1, keyEnd - 1)), text: text.slice(from, to) });
    at = skipSpace(text, to);
    if (text[at] !== ',') break;
    at = skipSpace(text, at + 1);
  }
  return members;
}

/** JSON texts of the elements of the array that opens at the first `[` of `text`. */
export function elementsOf(text: string): string[] {
  const elements: string[] = [];
  const open = text.indexOf('[');
  if (open < 0) return elements;
  let at = skipSpace(text, open + 1);
  while (at < text.length && text[at] !== ']') {
    const to = valueEnd(text, at);
    if (to === at) break;
    elements.push(text.slice(at, to));
    at = skipSpace(text, to);
    if (text[at] !== ',') break;
    at = skipSpace(text, at + 1);
  }
  return elements;
}

/** The args of a record. */
export function recordArgs(text: string): Member[] {
  const args = membersOf(text).findLast((member) => member.key === 'args')?.text;
  return args?.startsWith('{') ? membersOf(args) : [];
}

/** What a value says: the text of a string without its quotes, of everything else as it is. */
export function valueText(json: string): string {
  return json.startsWith('"') ? unescapeJson(json.slice(1, -1)) : json;
}

/** One past the value that begins at `at`. */
export function valueEnd(text: string, at: number): number {
  if (text[at] === '"') return stringEnd(text, at);
  if (text[at] !== '{' && text[at] !== '[') {
    while (at < text.length && !/[\s,\]}]/.test(text[at])) at++;
    return at;
  }
  for (let depth = 0; at < text.length; ) {
    const c = text[at];
    if (c === '"') {
      at = stringEnd(text, at);
      continue;
    }
    at++;
    if (c === '{' || c === '[') depth++;
    else if ((c === '}' || c === ']') && --depth === 0) break;
  }
  return at;
}

/** One past the string that opens at `at`. */
function stringEnd(text: string, at: number): number {
  for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++;
  return Math.min(at + 1, text.length);
}

function skipSpace(text: string, at: number): number {
  while (at < text.length && text[at] <= ' ') at++;
  return at;
}
