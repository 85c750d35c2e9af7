/** Keys of a record and of its args. */
import { utf8 } from '../text.js';

/** Keys that mean something; every other key is KEY.other. */
export const KEY = {
  other: 0,
  name: 1,
  ts: 2,
  ph: 3,
  cat: 4,
  pid: 5,
  tid: 6,
  dur: 7,
  args: 8,
  id: 9,
  id2: 10,
  bp: 11,
  grid: 12,
  bytes: 13,
  device: 14,
  stream: 15,
  correlation: 16,
  external: 17,
} as const;

const BY_TEXT = new Map<string, number>([...Object.entries(KEY), ['External id', KEY.external], ['external id', KEY.external]]);
BY_TEXT.delete('external');
BY_TEXT.delete('other');

/** The known keys of each length, as bytes. */
const BY_LENGTH: { bytes: Uint8Array; key: number }[][] = [];
for (const [text, key] of BY_TEXT) (BY_LENGTH[text.length] ??= []).push({ bytes: new TextEncoder().encode(text), key });

/** No key above has a character that needs a short escape. */
function unescapeHex(key: string): string {
  return key.replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** What the key from … to − 1 is. */
export function keyOf(b: Uint8Array, from: number, to: number): number {
  for (const { bytes, key } of BY_LENGTH[to - from] ?? []) {
    let i = 0;
    while (i < bytes.length && bytes[i] === b[from + i]) i++;
    if (i === bytes.length) return key;
  }
  for (let i = from; i < to; i++) if (b[i] === 0x5c) return BY_TEXT.get(unescapeHex(utf8(b.subarray(from, to)))) ?? KEY.other;
  return KEY.other;
}
