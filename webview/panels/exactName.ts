/** A search that finds the slices of exactly one name. A quote cannot stand inside quotes, so a name that has one is found by what comes before it. */
export function exactName(name: string): string {
  const [before, ...rest] = name.split('"');
  return rest.length > 0 ? `"${before}"` : `name:="${name}"`;
}
