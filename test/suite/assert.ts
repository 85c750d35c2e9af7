/** The few assertions that the suites use: node:assert does not exist in the web worker host. */

function fail(message: string): never {
  throw new Error(message);
}

const text = (value: unknown): string => JSON.stringify(value) ?? String(value);

export function ok(value: unknown, message: string): asserts value {
  if (!value) fail(message);
}

export function equal<T>(actual: T, expected: T): void {
  if (text(actual) !== text(expected)) fail(`expected ${text(expected)}\n     got ${text(actual)}`);
}

export function match(actual: string, expected: RegExp): void {
  if (!expected.test(actual)) fail(`${text(actual)} does not match ${expected}`);
}
