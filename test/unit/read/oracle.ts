/** What the columns must hold, from JSON.parse; only times are read from their digits, because JSON.parse rounds them. */
import { membersOf } from '../../../src/core/read/record.js';
import type { Row } from './parsers.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export function isObject(value: unknown): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON.parse, which unlike the parsers does not take control characters inside of strings: old Kineto wrote such. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(text.replace(/[\x00-\x1f]/g, ' '));
  }
}

/** Decimal microseconds in ns, rounded half away from zero; 'bad' when they are no number or beyond 142 years. */
export function exactNs(text: string): bigint | 'bad' {
  const [, sign, whole, decimals = '', exponent = '0'] = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (whole === undefined || whole + decimals === '') return 'bad';
  const digits = BigInt(whole + decimals);
  const scale = 3 - decimals.length + Number(exponent);
  if (digits === 0n) return 0n;
  if (scale > 40) return 'bad';
  const unit = 10n ** BigInt(Math.min(Math.max(0, -scale), 5000));
  const ns = scale >= 0 ? digits * 10n ** BigInt(scale) : (digits + unit / 2n) / unit;
  if (ns >= 4_500_000_000_000_000_000n) return 'bad';
  return sign ? -ns : ns;
}

function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A number when it is whole and short enough to be exact, its digits otherwise. */
function idOf(value: Json | undefined): number | string | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  return /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}

function wholeOf(value: Json | undefined): number | undefined {
  const id = idOf(value);
  return typeof id === 'number' ? id : undefined;
}

/** A dimension of a grid is a 32-bit number on every device; what is larger is none. */
function gridOf(value: Json | undefined): number | undefined {
  const x = wholeOf(value);
  return x !== undefined && x <= 0xffffffff ? x : undefined;
}

/** JSON text of a member of a record. Taking the whole record apart is slow, and needed only where the member may lie behind the args. */
function memberText(record: string, key: string): string | undefined {
  const at = record.indexOf(`"${key}"`);
  if (at < 0) return undefined;
  const args = record.indexOf('"args"');
  if ((args >= 0 && args < at) || record.indexOf(`"${key}"`, at + 1) > 0) return membersOf(record).findLast((member) => member.key === key)?.text;
  return /"(?:[^"\\]|\\.)*"|[^\s:"][^,}\s]*/.exec(record.slice(at + key.length + 2, at + 400))?.[0];
}

function timeOf(json: string | undefined): bigint | 'bad' | undefined {
  return json === undefined ? undefined : exactNs(json.replace(/^"|"$/g, ''));
}

/** Rows for records, given each as parsed and as text. */
export function createOracle() {
  let base: bigint | undefined;
  return {
    base: () => base ?? 0n,
    row(event: Record<string, Json>, text: string, record: number): Row {
      const args = isObject(event.args) ? event.args : {};
      const isPython = event.cat === 'python_function';
      const arg = (key: string): Json | undefined => (isPython ? undefined : args[key]);
      const ts = timeOf(memberText(text, 'ts'));
      const dur = timeOf(memberText(text, 'dur'));
      if (typeof ts === 'bigint') base ??= ts;
      const ph = textOf(event.ph);
      const grid = arg('grid');
      const keepsArgs = (ph === 'M' || ph === 'C') && isObject(event.args);
      return {
        record,
        ph: ph !== undefined && /^[ !#-[\]-~]$/.test(ph) ? ph : undefined,
        cat: textOf(event.cat),
        name: textOf(event.name),
        pid: textOf(event.pid) ?? '',
        tid: textOf(event.tid) ?? '',
        ts: typeof ts === 'bigint' ? Number(ts - base!) : ts,
        dur: typeof dur === 'bigint' ? Number(dur) : dur,
        id: typeof event.id === 'number' && !Number.isSafeInteger(event.id) ? memberText(text, 'id') : idOf(event.id),
        correlation: idOf(arg('correlation')),
        external: idOf(arg('External id') ?? arg('external id')),
        gridX: Array.isArray(grid) ? gridOf(grid[0]) : undefined,
        bytes: wholeOf(arg('bytes')),
        device: textOf(arg('device')),
        stream: textOf(arg('stream')),
        bind: event.bp === 'e' ? 'e' : undefined,
        args: keepsArgs ? JSON.stringify(event.args) : undefined,
      };
    },
  };
}
