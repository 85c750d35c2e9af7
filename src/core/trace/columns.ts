/** Numbers that are pushed one by one before their count is known. */

type Numbers = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** A column whose length is not known yet. */
export interface Growing<T extends Numbers> {
  count: number;
  push(value: number): void;
  /** exactly the pushed values; the column is empty afterwards */
  take(): T;
}

/** For the few: doubles when full. What there are millions of lives in blocks instead (buffer.ts). */
export function growing<T extends Numbers>(make: new (length: number) => T): Growing<T> {
  let values = new make(64);
  return {
    count: 0,
    push(value) {
      if (this.count === values.length) {
        const larger = new make(values.length * 2);
        larger.set(values);
        values = larger;
      }
      values[this.count++] = value;
    },
    take() {
      const exact = new make(this.count);
      for (let i = 0; i < this.count; i++) exact[i] = values[i];
      values = new make(64);
      this.count = 0;
      return exact;
    },
  };
}

/** into[i] = from[order[i]]; a loop, because TypedArray.from asks an iterator for every value. */
export function reorder<T extends Numbers>(into: T, from: T, order: Uint32Array): T {
  for (let i = 0; i < order.length; i++) into[i] = from[order[i]];
  return into;
}

/** 0, 1, 2 … */
export function counting(count: number): Uint32Array {
  const index = new Uint32Array(count);
  for (let i = 0; i < count; i++) index[i] = i;
  return index;
}
