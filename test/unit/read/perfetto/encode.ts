/** Perfetto packets from objects that name their fields, as perfetto's .proto files number them. */

type Kind = 'varint' | 'fixed64' | 'double' | 'text' | Schema;
interface Schema {
  [name: string]: [field: number, kind: Kind];
}

const INTERNED: Schema = { iid: [1, 'varint'], text: [2, 'text'] };
const LOCATION: Schema = { iid: [1, 'varint'], file: [2, 'text'], function: [3, 'text'], line: [4, 'varint'] };

const NESTED: Schema = { type: [1, 'varint'], keys: [2, 'text'], int: [5, 'varint'], double: [6, 'double'], bool: [7, 'varint'], text: [8, 'text'] };
NESTED.values = [3, NESTED];
NESTED.elements = [4, NESTED];

const ARG: Schema = {
  nameIid: [1, 'varint'],
  name: [10, 'text'],
  bool: [2, 'varint'],
  uint: [3, 'varint'],
  int: [4, 'varint'],
  double: [5, 'double'],
  text: [6, 'text'],
  pointer: [7, 'varint'],
  nested: [8, NESTED],
  json: [9, 'text'],
  textIid: [17, 'varint'],
};
ARG.dict = [11, ARG];
ARG.array = [12, ARG];

const LEGACY: Schema = {
  phase: [2, 'varint'],
  durUs: [3, 'varint'],
  id: [6, 'varint'],
  bindId: [8, 'varint'],
  flowDirection: [13, 'varint'],
  pid: [18, 'varint'],
  tid: [19, 'varint'],
};

const EVENT: Schema = {
  deltaUs: [1, 'varint'],
  absoluteUs: [16, 'varint'],
  type: [9, 'varint'],
  track: [11, 'varint'],
  categoryIids: [3, 'varint'],
  categories: [22, 'text'],
  nameIid: [10, 'varint'],
  name: [23, 'text'],
  args: [4, ARG],
  legacy: [6, LEGACY],
  counter: [30, 'varint'],
  doubleCounter: [44, 'double'],
  extraTracks: [31, 'varint'],
  extraValues: [12, 'varint'],
  flows: [47, 'fixed64'],
  oldFlows: [36, 'varint'],
  endingFlows: [48, 'fixed64'],
  location: [33, LOCATION],
  locationIid: [34, 'varint'],
};

const COUNTER: Schema = { unit: [3, 'varint'], multiplier: [4, 'varint'], incremental: [5, 'varint'], unitName: [6, 'text'] };
const THREAD: Schema = { pid: [1, 'varint'], tid: [2, 'varint'], name: [5, 'text'], referenceUs: [6, 'varint'] };
const PROCESS: Schema = { pid: [1, 'varint'], name: [6, 'text'] };

const PACKET: Schema = {
  clocks: [6, { clocks: [1, { id: [1, 'varint'], time: [2, 'varint'], incremental: [3, 'varint'], multiplier: [4, 'varint'] }], primary: [2, 'varint'] }],
  time: [8, 'varint'],
  clock: [58, 'varint'],
  event: [11, EVENT],
  interned: [12, { categories: [1, INTERNED], names: [2, INTERNED], argNames: [3, INTERNED], locations: [4, LOCATION], argTexts: [29, INTERNED] }],
  flags: [13, 'varint'],
  cleared: [41, 'varint'],
  dropped: [42, 'varint'],
  process: [43, PROCESS],
  thread: [44, THREAD],
  system: [45, { service: [4, 'text'] }],
  compressed: [50, 'text'],
  zstd: [133, 'text'],
  defaults: [59, { clock: [58, 'varint'], event: [11, { track: [11, 'varint'], extraTracks: [31, 'varint'] }] }],
  track: [60, { uuid: [1, 'varint'], name: [2, 'text'], parent: [5, 'varint'], process: [3, PROCESS], thread: [4, THREAD], counter: [8, COUNTER] }],
  ftrace: [1, { cpu: [1, 'varint'] }],
  other: [999, 'text'],
  sequence: [10, 'varint'],
};

export type Value = number | bigint | boolean | string | Uint8Array | Value[] | Packet;
export interface Packet {
  [name: string]: Value;
}

/** The bytes of a trace with these packets. */
export function trace(...packets: Packet[]): Uint8Array {
  return Uint8Array.from(packets.flatMap((packet) => field(1, PACKET, packet)));
}

function message(schema: Schema, values: Packet): number[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (!schema[name]) throw new Error(`No field is called ${name}`);
    const [number, kind] = schema[name];
    return (Array.isArray(value) ? value : [value]).flatMap((one) => field(number, kind, one));
  });
}

function field(number: number, kind: Kind, value: Value): number[] {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    if (kind === 'varint') return [...varint(number * 8), ...varint(value)];
    const bytes = new DataView(new ArrayBuffer(8));
    if (kind === 'double') bytes.setFloat64(0, Number(value), true);
    else bytes.setBigUint64(0, BigInt(value), true);
    return [...varint(number * 8 + 1), ...new Uint8Array(bytes.buffer)];
  }
  if (typeof value === 'string') return delimited(number, [...new TextEncoder().encode(value)]);
  if (value instanceof Uint8Array) return delimited(number, [...value]);
  if (Array.isArray(value) || typeof kind === 'string') throw new Error(`Field ${number} cannot hold that`);
  return delimited(number, message(kind, value));
}

function delimited(number: number, bytes: number[]): number[] {
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
}

function varint(value: number | bigint | boolean): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}
