/** Short names for the trace files of one folder: what the files have in common says nothing. */

/** Parts of a name with the separators in front of them: "rank0", ".1738", ".pt", ".trace". */
const PARTS = /[._-]*[^._-]+/g;
const ENDING = /(?:\.pt)?(?:\.trace)?\.json(?:\.gz|\.zst)?$/;

function commonLength(all: readonly string[][]): number {
  const [first = [], ...others] = all;
  const differs = first.findIndex((part, i) => others.some((parts) => parts[i] !== part));
  return differs < 0 ? first.length : differs;
}

/** The shortest parts of the names that tell them apart, without what trace files end in; one name alone is kept whole. */
export function shortLabels(names: readonly string[]): string[] {
  const stems = names.map((name) => name.replace(ENDING, '') || name);
  if (stems.length < 2) return stems;
  const parts = stems.map((stem) => stem.match(PARTS) ?? [stem]);
  const front = commonLength(parts);
  const back = commonLength(parts.map((own) => own.slice(front).reverse()));
  return parts.map(
    (own, i) =>
      own
        .slice(front, own.length - back)
        .join('')
        .replace(/^[._-]+/, '') || stems[i]!,
  );
}
