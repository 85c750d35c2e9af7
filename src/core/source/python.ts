/** Where the functions and classes of a Python file are, found by their lines' shape: no syntax tree, a few ms for 10,000 lines. */
import type { Frame } from '../../shared/protocol.js';

export interface PythonSymbol {
  kind: 'class' | 'function';
  name: string;
  /** "Qwen2DecoderLayer.forward" */
  qualified: string;
  /** line of `def` or `class`, from 1 */
  line: number;
  /** line of the first decorator, or `line`: what CPython's co_firstlineno says, and so what a trace records */
  firstLine: number;
}

const DEFINITION = /^(\s*)(?:async\s+)?(def|class)\s+([^\W\d]\w*)/;
const QUOTE = /'''|"""|'|"|#|[([{]|[)\]}]/g;

/** What a line leaves open for the next: a triple quote, brackets, a backslash. */
interface Open {
  quote: string;
  depth: number;
  backslash: boolean;
}

/** Position after the end of a text that opened with `quote`; the line's end when it does not close here. */
function endOfText(line: string, from: number, quote: string): number {
  for (let at = from; at < line.length; at++) {
    if (line[at] === '\\') at++;
    else if (line.startsWith(quote, at)) return at + quote.length;
  }
  return -1;
}

function afterLine(line: string, open: Open): Open {
  let { quote, depth } = open;
  let at = 0;
  while (at < line.length || quote !== '') {
    if (quote !== '') {
      const end = endOfText(line, at, quote);
      if (end < 0) return { quote: quote.length === 3 ? quote : '', depth, backslash: false };
      quote = '';
      at = end;
    }
    QUOTE.lastIndex = at;
    const found = QUOTE.exec(line);
    if (!found || found[0] === '#') break;
    at = QUOTE.lastIndex;
    if ('([{'.includes(found[0])) depth++;
    else if (')]}'.includes(found[0])) depth = Math.max(0, depth - 1);
    else quote = found[0];
  }
  return { quote, depth, backslash: /\\\s*$/.test(line) && !line.includes('#') };
}

/** The functions and classes of a file in the order of their lines. */
export function pythonSymbols(text: string): PythonSymbol[] {
  const symbols: PythonSymbol[] = [];
  const around: { indent: number; qualified: string }[] = [];
  let open: Open = { quote: '', depth: 0, backslash: false };
  let decorator: number | undefined;
  text.split('\n').forEach((content, index) => {
    const begins = open.quote === '' && open.depth === 0 && !open.backslash;
    const blank = content.trim() === '' || content.trimStart().startsWith('#');
    if (begins && !blank) {
      const definition = DEFINITION.exec(content);
      if (definition) {
        const [, space = '', word, name = ''] = definition;
        while (around.length > 0 && around.at(-1)!.indent >= space.length) around.pop();
        const qualified = around.length > 0 ? `${around.at(-1)!.qualified}.${name}` : name;
        symbols.push({ kind: word === 'class' ? 'class' : 'function', name, qualified, line: index + 1, firstLine: decorator ?? index + 1 });
        around.push({ indent: space.length, qualified });
      }
      if (/^\s*@/.test(content)) decorator ??= index + 1;
      else decorator = undefined;
    }
    open = afterLine(content, open);
  });
  return symbols;
}

/**
 * The definitions that a frame can mean: the class's own when the class is known and defines it, else the one whose first
 * line is the recorded one, else every function of that name. The recorded line alone proves nothing: across versions of
 * a package it is rarely the same.
 */
export function definitionsOf(symbols: readonly PythonSymbol[], frame: Pick<Frame, 'function' | 'line' | 'module'>): PythonSymbol[] {
  const named = symbols.filter(({ kind, name }) => kind === 'function' && name === frame.function);
  const ofClass = frame.module === undefined ? [] : named.filter(({ qualified }) => `.${qualified}`.endsWith(`.${frame.module}.${frame.function}`));
  if (ofClass.length > 0) return ofClass;
  const onLine = named.filter(({ firstLine }) => firstLine === frame.line);
  return onLine.length > 0 ? onLine : named;
}

/** The classes of a name. */
export function classesNamed(symbols: readonly PythonSymbol[], name: string): PythonSymbol[] {
  return symbols.filter((symbol) => symbol.kind === 'class' && symbol.name === name);
}
