/** Small numbers for 64-bit ids: 0, 1, 2 … in the order in which they are first seen. */
export interface Ids {
  count(): number;
  of(lo: number, hi: number): number;
  /** decimal digits of the id behind a small number */
  digits(index: number): string;
}

export function createIds(): Ids {
  let low = new Uint32Array(64);
  let high = new Uint32Array(64);
  let table = new Uint32Array(128);
  let count = 0;

  const slotOf = (lo: number, hi: number): number => {
    const hash = Math.imul(lo ^ Math.imul(hi, 0x9e3779b1), 0x85ebca6b);
    let slot = (hash ^ (hash >>> 15)) & (table.length - 1);
    while (table[slot] !== 0 && (low[table[slot] - 1] !== lo || high[table[slot] - 1] !== hi)) slot = (slot + 1) & (table.length - 1);
    return slot;
  };

  const grow = (): void => {
    low = enlarged(low);
    high = enlarged(high);
    table = new Uint32Array(table.length * 2);
    for (let index = 0; index < count; index++) table[slotOf(low[index], high[index])] = index + 1;
  };

  return {
    count: () => count,
    of(lo, hi) {
      const slot = slotOf(lo, hi);
      if (table[slot] !== 0) return table[slot] - 1;
      low[count] = lo;
      high[count] = hi;
      table[slot] = ++count;
      if (count === low.length) grow();
      return count - 1;
    },
    digits: (index) => String((BigInt(high[index]) << 32n) | BigInt(low[index])),
  };
}

function enlarged(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
