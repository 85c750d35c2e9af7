/** What was found in a tree as text, to be stored: a line for each file, and below it one for each thing that the file defines. */
import type { FileSymbols } from './fileSymbols.js';
import type { StampedSymbols } from './symbols.js';

/** Begins the text. Another form needs another line. */
const HEAD = 'symbols 1';

/** No package has files like that. */
export const isUnstorable = (path: string): boolean => /[\t\r\n]/.test(path);

/** Names hold no tab: they are words and dots. */
export function symbolText(files: ReadonlyMap<string, StampedSymbols>): string {
  const lines = [HEAD];
  const line = (...fields: (string | number)[]): void => void lines.push(fields.join('\t'));
  for (const [path, { stamp, symbols }] of files) {
    line('file', path, stamp, symbols.version);
    for (const { name, line: at, bases } of symbols.classes) line('c', name, at, bases.join());
    for (const { qualified, line: at, firstLine } of symbols.functions) line('f', qualified, at, firstLine);
    for (const { name, kind, scope, line: at } of symbols.kernels) line('k', name, at, kind, scope);
    for (const { name, line: at } of symbols.ops) line('o', name, at);
    for (const [architecture, { module, className, group }] of symbols.registry) line('r', architecture, module, className, group);
  }
  return lines.join('\n');
}

/** Reads it again; nothing of a text of another form. */
export function parseSymbols(text: string): Map<string, StampedSymbols> {
  const files = new Map<string, StampedSymbols>();
  if (!text.startsWith(`${HEAD}\n`)) return files;
  let file = '';
  let found: FileSymbols | undefined;
  for (const line of text.split('\n')) {
    const [kind, name = '', second = '', third = '', fourth = ''] = line.split('\t');
    if (kind === 'file') {
      file = name;
      found = { classes: [], functions: [], kernels: [], ops: [], registry: new Map(), version: third };
      files.set(file, { stamp: second, symbols: found });
    } else if (kind === 'c') found?.classes.push({ name, file, line: Number(second), bases: third === '' ? [] : third.split(',') });
    else if (kind === 'f') {
      const short = name.slice(name.lastIndexOf('.') + 1);
      found?.functions.push({ name: short, qualified: name, file, line: Number(second), firstLine: Number(third) });
    } else if (kind === 'k') found?.kernels.push({ name, kind: third === 'cuda' ? 'cuda' : 'triton', scope: fourth, file, line: Number(second) });
    else if (kind === 'o') found?.ops.push({ name, file, line: Number(second) });
    else if (kind === 'r') found?.registry.set(name, { module: second, className: third, group: fourth });
  }
  return files;
}
