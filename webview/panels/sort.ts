/** Sorting by several keys, and its text form "-totalNs,name" (a minus sorts downwards). */

export interface SortKey {
  key: string;
  descending: boolean;
}

export type Sort = readonly SortKey[];

/** What a column sorts by; undefined stands last in either direction. */
export type SortValue = string | number | undefined;

/** Reads the text form; keys that are not known are left out. */
export function parseSort(text: string, known: readonly string[]): Sort {
  return text
    .split(',')
    .map((part) => ({ key: part.replace(/^-/, ''), descending: part.startsWith('-') }))
    .filter(({ key }) => known.includes(key));
}

export function formatSort(sort: Sort): string {
  return sort.map(({ key, descending }) => (descending ? `-${key}` : key)).join(',');
}

/** The sort after a click on a column's head: a second click turns it round; `add` keeps the other keys before it. */
export function nextSort(sort: Sort, key: string, descendingFirst: boolean, add: boolean): Sort {
  const current = sort.find((one) => one.key === key);
  const next: SortKey = { key, descending: current ? !current.descending : descendingFirst };
  if (!add) return [next];
  return current ? sort.map((one) => (one === current ? next : one)) : [...sort, next];
}

/** A sorted copy; rows that are equal in every key keep their order. */
export function sortRows<Row>(rows: readonly Row[], sort: Sort, sortValue: (row: Row, key: string) => SortValue): Row[] {
  return [...rows].sort((a, b) => {
    for (const { key, descending } of sort) {
      const order = compare(sortValue(a, key), sortValue(b, key), descending);
      if (order !== 0) return order;
    }
    return 0;
  });
}

function compare(a: SortValue, b: SortValue, descending: boolean): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b !== descending ? -1 : 1;
}
