import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NotATrace } from '../../../src/core/read/read.js';
import { type OwnerApi, serveTrace } from '../../../src/node/serveTrace.js';
import type { TraceApi } from '../../../src/shared/protocol.js';
import { type Channel, connect } from '../../../src/shared/rpc.js';

/** Asks over a channel in this thread. */
function ask(opening: Promise<TraceApi>): OwnerApi {
  const receivers: Record<'asking' | 'answering', ((message: unknown) => void)[]> = { asking: [], answering: [] };
  const end = (mine: 'asking' | 'answering', other: 'asking' | 'answering'): Channel => ({
    post: (message) => setImmediate(() => receivers[other].forEach((receive) => void receive(message))),
    listen: (receive) => void receivers[mine].push(receive),
  });
  serveTrace(end('answering', 'asking'), opening, Promise.resolve());
  return connect<OwnerApi>(end('asking', 'answering'));
}

const session = { info: async () => ({ fileName: 'a.json' }), search: async (query: string) => ({ count: query.length }) } as unknown as TraceApi;

test('questions wait until the trace is open', async () => {
  let open: (api: TraceApi) => void = () => {};
  const api = ask(new Promise((resolve) => (open = resolve)));
  const found = api.search('abc');
  open(session);
  assert.deepEqual(await found, { count: 3 });
  assert.deepEqual(await api.outcome(), { info: { fileName: 'a.json' } });
  await api.stored();
});

test('a refusal keeps its title, and later questions fail with its reason', async () => {
  const api = ask(Promise.reject(new NotATrace('This is not a trace', 'It is a picture.')));
  assert.deepEqual(await api.outcome(), { refusal: { title: 'This is not a trace', message: 'It is a picture.' } });
  await assert.rejects(api.info(), /It is a picture/);
});

test('any other failure is a refusal too', async () => {
  const api = ask(Promise.reject(new Error('EACCES: permission denied')));
  assert.deepEqual(await api.outcome(), { refusal: { title: 'This file could not be read', message: 'EACCES: permission denied' } });
});

test('what the trace cannot answer fails by name', async () => {
  await assert.rejects(ask(Promise.resolve(session)).kernels(), /no method kernels/);
});
