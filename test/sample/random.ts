/** Random numbers that are the same every time: mulberry32. */
export type Random = () => number;

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A duration near `ns`: mostly within 4 %, now and then up to 60 % longer, as on a real machine. Whole ns, at least 1. */
export function jitter(random: Random, ns: number): number {
  const tail = random() > 0.98 ? random() * 0.6 : 0;
  return Math.max(1, Math.round(ns * (0.97 + random() * 0.07 + tail)));
}
