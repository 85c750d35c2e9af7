/** Puts something else in the place of one function of VS Code's API, as long as a test runs: people answer questions, tests cannot. */

const undo: (() => void)[] = [];

export function stub<Owner, Key extends keyof Owner>(owner: Owner, key: Key, value: Owner[Key]): void {
  const before = owner[key];
  owner[key] = value;
  undo.push(() => {
    owner[key] = before;
  });
}

/** Belongs into every teardown of a suite that stubs. */
export function restoreStubs(): void {
  for (const restore of undo.splice(0)) restore();
}
