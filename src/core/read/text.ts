/** Bytes of JSON strings to text. */

const decoder = new TextDecoder();
const BACKSLASH = 0x5c;

/** UTF-8 to text; bytes that are no UTF-8 become U+FFFD. */
export function utf8(bytes: Uint8Array): string {
  // TextDecoder does not take bytes of shared memory.
  return decoder.decode(bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice());
}

export function hasEscapes(bytes: Uint8Array): boolean {
  return bytes.includes(BACKSLASH);
}

const ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** The text that the inside of a JSON string stands for. Escapes that JSON does not have stand for their character. */
export function unescapeJson(raw: string): string {
  return raw.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, hex: string | undefined, plain: string) =>
    hex === undefined ? (ESCAPES[plain] ?? plain) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** The text of a string as a parser keeps it. */
export function decodeRaw(bytes: Uint8Array): string {
  const text = utf8(bytes);
  return hasEscapes(bytes) ? unescapeJson(text) : text;
}
