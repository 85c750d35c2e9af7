/** Slices that were revealed from code: the search asks for a module or a line, not for a name. */

const FROM_CODE = /(?:^|\s)(?:slot|at):\S/;

export function isFromCode(search: string): boolean {
  return FROM_CODE.test(search);
}
