import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Memento, Uri } from 'vscode';
import { viewCalls } from '../../../src/host/calls.js';
import { loadViewState, saveViewState } from '../../../src/host/viewState.js';
import type { HostApi, ViewState, ViewTraceApi } from '../../../src/shared/view.js';

/** Answers every method with its name and arguments. */
function echo<Api extends object>(): Api {
  const handler = {
    get:
      (_: object, name: string) =>
      async (...args: unknown[]) =>
        `${name} ${JSON.stringify(args)}`,
  };
  return new Proxy({}, handler) as Api;
}
const trace = echo<ViewTraceApi>();
const calls = viewCalls(echo<HostApi>(), trace, () => trace.analysis());

const span = { startNs: 0, endNs: 5 };
const state: ViewState = {
  tab: 'kernels',
  window: span,
  selection: 7,
  pinned: [1],
  collapsed: ['g'],
  search: 'x',
  drawerPx: 300,
  drawerOpen: true,
  kernelSort: 'name',
  kernelFilter: '',
};

const good: [string, unknown[], string][] = [
  ['info', [], 'info []'],
  [
    'tiles',
    [{ ...span, tracks: [1, 2], widthPx: 900, search: '', extra: 1 }],
    `tiles [${JSON.stringify({ ...span, tracks: [1, 2], widthPx: 900, search: '' })}]`,
  ],
  ['move', [4, 'toKernel'], 'move [4,"toKernel"]'],
  ['openSource', [4], 'openSource [4,null]'],
  ['openSource', [4, 2], 'openSource [4,2]'],
  ['modelLink', [4], 'modelLink [4]'],
  ['snippet', ['vllm/a.py', 7, 3], 'snippet ["vllm/a.py",7,3]'],
  ['saveState', [state], `saveState [${JSON.stringify(state)}]`],
];
for (const [method, args, expected] of good) {
  test(`${method} ${JSON.stringify(args)} is answered`, async () => assert.equal(await calls(method)?.(...args), expected));
}

const bad: [string, unknown[]][] = [
  ['tiles', [{ ...span, tracks: ['1'], widthPx: 900, search: '' }]],
  ['tiles', [{ startNs: Number.NaN, endNs: 5, tracks: [1], widthPx: 900, search: '' }]],
  ['density', [span, 1e12]],
  ['detail', [-1]],
  ['detail', ['7']],
  ['move', [4, 'sideways']],
  ['search', [undefined]],
  ['copy', [{}]],
  ['openPlace', ['vllm/a.py', -1]],
  ['openFrame', [{ file: 'vllm/a.py', line: '7', function: 'forward' }]],
  ['snippet', ['vllm/a.py', 7, 1e9]],
  ['saveState', [{ ...state, tab: 'nowhere' }]],
];
for (const [method, args] of bad) test(`${method} ${JSON.stringify(args)} is refused`, () => assert.throws(() => calls(method)?.(...args)));

test('what is no method of the protocol is no method', () => {
  for (const name of ['constructor', 'toString', '__proto__', 'dispose']) assert.equal(calls(name), undefined);
});

test('a view state comes back from storage; what another version wrote does not', async () => {
  const stored = new Map<string, unknown>();
  const storage = {
    get: (key: string) => stored.get(key),
    update: async (key: string, value: unknown) => void stored.set(key, value),
  } as unknown as Memento;
  const uri = (text: string) => ({ toString: () => text }) as unknown as Uri;
  await saveViewState(storage, uri('a'), state);
  await saveViewState(storage, uri('b'), { ...state, search: 'y' });
  await saveViewState(storage, uri('a'), { ...state, search: 'z' });
  assert.equal(loadViewState(storage, uri('a'))?.search, 'z');
  assert.equal(loadViewState(storage, uri('b'))?.search, 'y');
  const [key] = stored.keys();
  stored.set(key!, [['a', { tab: 'timeline' }], ...(stored.get(key!) as unknown[]).slice(0, 1)]);
  assert.equal(loadViewState(storage, uri('a')), undefined);
  assert.equal(loadViewState(storage, uri('b'))?.search, 'y');
});
