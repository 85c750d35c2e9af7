/** Times of ROCm's clocks: whole ns since the machine started, or since 1970, when a double does not hold them. */

export interface Clock {
  /** ns since the first time that was asked for; NaN for what is no time */
  ns(time: unknown): number;
  /** that first time */
  baseNs(): bigint;
}

export function createClock(): Clock {
  let base: bigint | undefined;
  return {
    ns(time) {
      const text = String(time);
      if (!/^\d{1,19}$/.test(text)) return Number.NaN;
      const ns = BigInt(text);
      base ??= ns;
      return Number(ns - base);
    },
    baseNs: () => base ?? 0n,
  };
}
