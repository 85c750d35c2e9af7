/** Objects of a JSON text that is read piece by piece: only those that are wanted are kept, each as long as it is looked at. */
import { NotATrace } from '../sniff.js';
import { utf8 } from '../text.js';

export interface JsonWalker {
  /** the next bytes of the text */
  push(bytes: Uint8Array): void;
  /** whether the text has ended as JSON does: everything that was opened is closed */
  isWhole(): boolean;
}

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
/** Deeper nesting is no trace. */
const DEEPEST = 200;

/**
 * `wanted` is asked for each object by its path: `.name` for a member, `[]` for an element. `take` gets the path, the text, and the
 * byte at which the object begins.
 */
export function walkJson(wanted: (path: string) => boolean, take: (path: string, text: string, offset: number) => void): JsonWalker {
  /** of the containers that are open */
  const paths: string[] = [];
  const inObject: boolean[] = [];
  let position = 0;
  let inString = false;
  let escaped = false;
  let key = '';
  let expectsKey = false;
  /** bytes of a string that might be a key, or of the object that is taken, which began in a piece before */
  let parts: Uint8Array[] = [];
  let taken: { path: string; depth: number; offset: number } | undefined;
  let isBegun = false;

  const text = (last: Uint8Array): string => {
    const all = parts.length === 0 ? utf8(last) : utf8(concat([...parts, last]));
    parts = [];
    return all;
  };

  return {
    push(bytes) {
      let from = 0;
      for (let at = 0; at < bytes.length; at++) {
        const c = bytes[at];
        if (inString) {
          if (escaped) escaped = false;
          else if (c === BACKSLASH) escaped = true;
          else if (c === QUOTE) {
            inString = false;
            if (expectsKey && !taken) key = text(bytes.subarray(from, at));
          }
        } else if (c === QUOTE) {
          inString = true;
          if (!taken) from = at + 1;
        } else if (c === OPEN_BRACE || c === OPEN_BRACKET) {
          const parent = paths.length - 1;
          const path = parent < 0 ? '' : inObject[parent] ? `${paths[parent]}.${key}` : `${paths[parent]}[]`;
          if (paths.length >= DEEPEST) throw new NotATrace('This is not a trace', `The JSON nests more than ${DEEPEST} deep, as no profiler writes it.`);
          isBegun = true;
          if (!taken && c === OPEN_BRACE && wanted(path)) {
            taken = { path, depth: paths.length, offset: position + at };
            from = at;
          }
          paths.push(path);
          inObject.push(c === OPEN_BRACE);
          expectsKey = c === OPEN_BRACE;
        } else if (c === CLOSE_BRACE || c === CLOSE_BRACKET) {
          paths.pop();
          inObject.pop();
          if (taken && paths.length === taken.depth) {
            take(taken.path, text(bytes.subarray(from, at + 1)), taken.offset);
            taken = undefined;
          }
          expectsKey = false;
        } else if (c === COLON) expectsKey = false;
        else if (c === COMMA) expectsKey = inObject[inObject.length - 1] ?? false;
      }
      if (taken || (inString && expectsKey)) parts.push(bytes.slice(from));
      position += bytes.length;
    },
    isWhole: () => isBegun && paths.length === 0,
  };
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
