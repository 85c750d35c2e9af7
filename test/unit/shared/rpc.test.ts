import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Channel, connect, serve } from '../../../src/shared/rpc.js';

/** Two ends of one channel; messages are cloned as postMessage clones them. */
function pair(): [Channel, Channel] {
  const listeners: ((message: unknown) => void)[][] = [[], []];
  const end = (self: number): Channel => ({
    post: (message) => {
      const copy = structuredClone(message);
      queueMicrotask(() => {
        for (const receive of listeners[1 - self]!) receive(copy);
      });
    },
    listen: (receive) => listeners[self]!.push(receive),
  });
  return [end(0), end(1)];
}

interface Api {
  double(n: number): Promise<number>;
  fail(): Promise<void>;
  columns(): Promise<{ a: Float64Array; tiles: { buffer: ArrayBuffer }[] }>;
}

function serving(methods: Record<string, (...args: never[]) => Promise<unknown>>) {
  const [near, far] = pair();
  serve(far, (method) => (Object.hasOwn(methods, method) ? (methods[method] as (...args: unknown[]) => Promise<unknown>) : undefined));
  return connect<Api>(near);
}

test('a call answers with the method’s result', async () => {
  const api = serving({ double: async (n: number) => n * 2 });
  assert.deepEqual(await Promise.all([api.double(2), api.double(21)]), [4, 42]);
});

test('an error comes back as its message, and so does a method that does not exist', async () => {
  const api = serving({
    fail: async () => {
      throw new Error('no such slice 7');
    },
  });
  await assert.rejects(api.fail(), { message: 'no such slice 7' });
  await assert.rejects(api.double(1), { message: 'no method double' });
});

test('closing rejects what waits and what comes later', async () => {
  const api = serving({ double: () => new Promise(() => {}) });
  const waiting = api.double(1);
  api.close('The trace was closed.');
  await assert.rejects(waiting, { message: 'The trace was closed.' });
  await assert.rejects(api.double(2), { message: 'The trace was closed.' });
});

test('buffers of an answer arrive, and the answerer keeps its own', async () => {
  const a = new Float64Array([1, 2]);
  const api = serving({ columns: async () => ({ a, tiles: [{ buffer: a.buffer }] }) });
  const answer = await api.columns();
  assert.deepEqual([[...answer.a], answer.tiles[0]!.buffer.byteLength, a.length], [[1, 2], 16, 2]);
});

test('messages that are no calls are ignored', async () => {
  const [near, far] = pair();
  const ran: string[] = [];
  serve(far, (method) => {
    ran.push(method);
    return undefined;
  });
  for (const message of [null, 'x', 7, {}, { call: 'a', method: 'm', args: [] }, { call: 1, method: 'm' }]) near.post(message);
  await new Promise((done) => setTimeout(done, 5));
  assert.deepEqual(ran, []);
});
