/**
 * Calls an interface over postMessage. A call answers or throws: errors come back as their message.
 * Both ends check the shape of what arrives; what a method does with its arguments is its own duty.
 */

/** One end of a message channel: a worker, a MessagePort, a webview. */
export interface Channel {
  post(message: unknown): void;
  /** calls `receive` with every message from the other end */
  listen(receive: (message: unknown) => void): void;
}

type Call = { call: number; method: string; args: unknown[] };
type Answer = { answer: number; ok: true; value: unknown } | { answer: number; ok: false; error: string };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isCall(value: unknown): value is Call {
  return isRecord(value) && typeof value.call === 'number' && typeof value.method === 'string' && Array.isArray(value.args);
}

function isAnswer(value: unknown): value is Answer {
  return isRecord(value) && typeof value.answer === 'number' && typeof value.ok === 'boolean';
}

/** Decides what a call may do: returns the function to run, or undefined for "no such method". */
export type Dispatch = (method: string) => ((...args: unknown[]) => Promise<unknown>) | undefined;

/** Answers the other end's calls. Buffers in answers are copied: half a megabyte takes a third of a millisecond, and nothing an answerer keeps can be taken away. */
export function serve(channel: Channel, dispatch: Dispatch): void {
  channel.listen((message) => {
    if (!isCall(message)) return;
    const { call, method, args } = message;
    const run = dispatch(method);
    const result = run ? Promise.resolve().then(() => run(...args)) : Promise.reject(new Error(`no method ${method}`));
    result.then(
      (value) => channel.post({ answer: call, ok: true, value } satisfies Answer),
      (error: unknown) => channel.post({ answer: call, ok: false, error: error instanceof Error ? error.message : String(error) } satisfies Answer),
    );
  });
}

/** The other end's interface: each property is a method that posts a call and resolves with its answer. */
export function connect<Api extends object>(channel: Channel): Api & { close(reason: string): void } {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let next = 0;
  let closed = '';
  channel.listen((message) => {
    if (!isAnswer(message)) return;
    const call = waiting.get(message.answer);
    waiting.delete(message.answer);
    if (message.ok) call?.resolve(message.value);
    else call?.reject(new Error(message.error));
  });
  const close = (reason: string): void => {
    closed = reason;
    for (const { reject } of waiting.values()) reject(new Error(reason));
    waiting.clear();
  };
  const target = {
    get(_: object, method: string | symbol) {
      if (method === 'close') return close;
      if (typeof method !== 'string' || method === 'then') return undefined;
      return (...args: unknown[]) =>
        new Promise((resolve, reject) => {
          if (closed) return reject(new Error(closed));
          waiting.set(next, { resolve, reject });
          channel.post({ call: next++, method, args } satisfies Call);
        });
    },
  };
  return new Proxy({}, target) as Api & { close(reason: string): void };
}
