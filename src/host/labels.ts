/** Short names for the trace files of one folder: enough to tell them apart, so that there is room for what is in them. */

const ENDING = /(?:(?:\.pt)?(?:\.trace)?\.json|\.pftrace|\.perfetto-trace)(?:\.gz|\.zst)?$|\.(?:sqlite|nsys-rep|qdrep|rpd|db|csv|pickle)$/;
/** When a file was written, as seconds or nanoseconds since 1970. */
const TIMESTAMP = /[._-]\d{9,}(?=[._-]|$)/g;
/** A part of a name with the separators in front of it: "vllm", "-h100", ".async". */
const PARTS = /[._-]*[^._-]+/g;
/** Fewer letters say too little even when no other file has them. */
const LEAST = 12;

/** The rank where it tells the files apart, else the beginning of the name up to where no other file begins the same. */
export function shortLabels(names: readonly string[]): string[] {
  const stems = names.map((name) => name.replace(ENDING, '').replace(TIMESTAMP, '') || name);
  const ranks = stems.map((stem) => /rank\d+/.exec(stem)?.[0]);
  const front = commonFront(stems);
  return stems.map((stem, i) => {
    const rank = ranks[i];
    if (rank !== undefined && names.length > 1 && ranks.filter((other) => other === rank).length === 1) return rank;
    const others = stems.filter((_, j) => j !== i);
    let label = '';
    for (const part of stem.slice(front).match(PARTS) ?? [stem]) {
      label += part;
      const begin = stem.slice(0, front) + label;
      if (names.length > 1 && label.length >= LEAST && !others.some((other) => other.startsWith(begin))) break;
    }
    return label.replace(/^[._-]+/, '');
  });
}

/** Letters that all names begin with, up to the end of a part; none where nothing would be left of one. */
function commonFront(stems: readonly string[]): number {
  if (stems.length < 2) return 0;
  let front = 0;
  for (const part of stems[0]!.match(PARTS) ?? []) {
    const next = front + part.length;
    if (!stems.every((stem) => stem.startsWith(stems[0]!.slice(0, next)) && /^[._-]/.test(stem.slice(next)))) break;
    front = next;
  }
  return front;
}
