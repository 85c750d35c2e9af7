/** Writes pickles of protocol 4 as Python's own pickler does: what was written once is remembered and only referred to. */

export type Data = null | boolean | number | bigint | string | readonly Data[] | { readonly [key: string]: Data };

const utf8 = new TextEncoder();

/** An opcode, or an opcode and what follows it. */
export function op(code: number, ...rest: number[]): number[] {
  return [code, ...rest];
}

/** The little-endian bytes of a whole number. */
export function le(value: number | bigint, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));
}

/** A pickle of opcodes. */
export function pickleOf(...code: (number | number[])[]): Uint8Array {
  return Uint8Array.from([0x80, 4, ...code.flat(), 0x2e]);
}

/** A pickle of a value. */
export function pickle(value: Data): Uint8Array {
  const code: number[] = [];
  const memo = new Map<Data, number>();
  const remembered = (value: Data, write: () => void): void => {
    const known = memo.get(value);
    if (known !== undefined) code.push(...(known < 256 ? [0x68, known] : [0x6a, ...le(known, 4)]));
    else write();
  };
  const memoize = (value: Data): void => {
    memo.set(value, memo.size);
    code.push(0x94);
  };
  const write = (value: Data): void => {
    if (value === null) code.push(0x4e);
    else if (typeof value === 'boolean') code.push(value ? 0x88 : 0x89);
    else if (typeof value === 'number' && !Number.isInteger(value)) {
      const float = new DataView(new ArrayBuffer(8));
      float.setFloat64(0, value);
      code.push(0x47, ...new Uint8Array(float.buffer));
    } else if (typeof value === 'number' || typeof value === 'bigint') {
      if (value >= 0 && value < 256) code.push(0x4b, Number(value));
      else if (value >= 0 && value < 65536) code.push(0x4d, ...le(value, 2));
      else if (value >= -(2 ** 31) && value < 2 ** 31) code.push(0x4a, ...le(value, 4));
      else code.push(0x8a, 9, ...le(value, 9));
    } else if (typeof value === 'string') {
      remembered(value, () => {
        const bytes = utf8.encode(value);
        code.push(...(bytes.length < 256 ? [0x8c, bytes.length] : [0x58, ...le(bytes.length, 4)]), ...bytes);
        memoize(value);
      });
    } else if (isList(value)) {
      remembered(value, () => {
        code.push(0x5d);
        memoize(value);
        code.push(0x28);
        for (const one of value) write(one);
        code.push(0x65);
      });
    } else {
      remembered(value, () => {
        code.push(0x7d);
        memoize(value);
        code.push(0x28);
        for (const [key, one] of Object.entries(value)) {
          write(key);
          write(one);
        }
        code.push(0x75);
      });
    }
  };
  write(value);
  return pickleOf(code);
}

function isList(value: Data): value is readonly Data[] {
  return Array.isArray(value);
}
