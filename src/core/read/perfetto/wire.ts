/** Protobuf on the wire: tags, varints, lengths. 64-bit numbers are two halves, because a double cannot hold every one. */
import { utf8 } from '../text.js';

/** Bytes that are no protobuf message, or not the one that was expected. */
export class Damaged extends Error {}

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const HIGH = 0x1_0000_0000;

/** Walks the fields of messages. Every read checks what it is asked for against what is there. */
export class Cursor {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  /** number and wire type of the field whose value comes next */
  field = 0;
  wire = 0;
  /** halves of the number read last */
  lo = 0;
  hi = 0;
  private view: DataView = new DataView(this.bytes.buffer);

  set(bytes: Uint8Array, at: number): this {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.at = at;
    return this;
  }

  /** goes to the next field of a message that ends at `end`; false behind the last one */
  next(end: number): boolean {
    if (this.at >= end) {
      if (this.at > end) throw new Damaged('A value reaches beyond its message');
      return false;
    }
    this.readVarint();
    this.wire = this.lo & 7;
    this.field = this.lo >>> 3;
    if (this.hi !== 0 || this.field === 0) throw new Damaged('There is no such field');
    return true;
  }

  /** the halves of a number */
  varint(): void {
    if (this.wire !== WIRE.varint) throw new Damaged('A number was expected');
    this.readVarint();
  }

  fixed64(): void {
    if (this.wire !== WIRE.fixed64) throw new Damaged('Eight bytes were expected');
    this.room(8);
    this.lo = this.view.getUint32(this.at, true);
    this.hi = this.view.getUint32(this.at + 4, true);
    this.at += 8;
  }

  double(): number {
    if (this.wire !== WIRE.fixed64) throw new Damaged('A double was expected');
    this.room(8);
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }

  /** exact up to 2^53 */
  uint(): number {
    this.varint();
    return this.hi * HIGH + this.lo;
  }

  int(): number {
    this.varint();
    return (this.hi | 0) * HIGH + this.lo;
  }

  bool(): boolean {
    this.varint();
    return this.lo !== 0 || this.hi !== 0;
  }

  /** decimal digits of the number read last */
  digits(signed: boolean): string {
    const whole = (BigInt(this.hi) << 32n) | BigInt(this.lo);
    return String(signed ? BigInt.asIntN(64, whole) : whole);
  }

  /** the end of the bytes, text or message that begins here, and that lies in a message ending at `outer` */
  open(outer: number): number {
    if (this.wire !== WIRE.bytes) throw new Damaged('A message or a text was expected');
    this.readVarint();
    const end = this.at + this.hi * HIGH + this.lo;
    if (end > outer) throw new Damaged('A length reaches beyond its message');
    return end;
  }

  text(outer: number): string {
    const end = this.open(outer);
    const text = utf8(this.bytes.subarray(this.at, end));
    this.at = end;
    return text;
  }

  /** visits the number of a repeated field, or all of them where they are packed */
  repeated(outer: number, visit: () => void): void {
    if (this.wire === WIRE.varint || this.wire === WIRE.fixed64) {
      if (this.wire === WIRE.varint) this.readVarint();
      else this.fixed64();
      visit();
      return;
    }
    const end = this.open(outer);
    while (this.at < end) {
      this.readVarint();
      visit();
    }
    if (this.at > end) throw new Damaged('A value reaches beyond its message');
  }

  skip(outer: number): void {
    if (this.wire === WIRE.varint) this.readVarint();
    else if (this.wire === WIRE.bytes) this.at = this.open(outer);
    else if (this.wire === WIRE.fixed64) this.at += 8;
    else if (this.wire === WIRE.fixed32) this.at += 4;
    else throw new Damaged('There is no such kind of field');
  }

  private room(count: number): void {
    if (this.at + count > this.bytes.length) throw new Damaged('A value reaches beyond the data');
  }

  private readVarint(): void {
    const { bytes } = this;
    let at = this.at;
    let byte = bytes[at++];
    let lo = byte & 0x7f;
    let hi = 0;
    for (let shift = 7; !(byte < 0x80); shift += 7) {
      if (shift > 63 || at >= bytes.length) throw new Damaged('A number does not end');
      byte = bytes[at++];
      const part = byte & 0x7f;
      if (shift < 32) lo |= part << shift;
      if (shift === 28) hi = part >> 4;
      else if (shift > 28) hi |= part << (shift - 32);
    }
    this.at = at;
    this.lo = lo >>> 0;
    this.hi = hi >>> 0;
  }
}

/** Messages written, for what is kept beside a trace. */
export interface MessageWriter {
  number(field: number, value: number): void;
  text(field: number, value: string): void;
  message(field: number, write: (writer: MessageWriter) => void): void;
  bytes(): Uint8Array;
}

export function messageWriter(): MessageWriter {
  const out: number[] = [];
  const encoder = new TextEncoder();
  const varint = (value: number): void => {
    for (; value >= 0x80; value = Math.floor(value / 0x80)) out.push((value % 0x80) | 0x80);
    out.push(value);
  };
  const delimited = (field: number, bytes: Uint8Array): void => {
    varint(field * 8 + WIRE.bytes);
    varint(bytes.length);
    for (const byte of bytes) out.push(byte);
  };
  return {
    number(field, value) {
      varint(field * 8);
      varint(value);
    },
    text: (field, value) => delimited(field, encoder.encode(value)),
    message(field, write) {
      const inner = messageWriter();
      write(inner);
      delimited(field, inner.bytes());
    },
    bytes: () => Uint8Array.from(out),
  };
}
