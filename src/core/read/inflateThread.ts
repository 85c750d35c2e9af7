/**
 * Inflating on a thread of its own, into slots of the memory that the parser's thread has too. The two talk through
 * counters: how many slots were filled, and how many may be filled again.
 */
import { type Filled, gzipInput, INFLATE, type Read } from './input.js';
import { CHUNK, type Slot, type SlotSource, slotAt } from './slots.js';
import { instantiate } from './wasm/kernel.js';

/** What the thread is started with. */
export interface InflateStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  control: SharedArrayBuffer;
  /** where the slots are, and how many */
  ring: number;
  slots: number;
  /** where inflate has its tables and its input */
  inflateAt: number;
}

const FILLED = 0;
const RELEASED = 1;
const COUNTERS = 2;
const WAIT_MS = 10;

/** The control memory: counters, then what `fill` said of each slot. */
function controlOf(control: SharedArrayBuffer) {
  const counters = new Int32Array(control, 0, COUNTERS);
  const results = new Float64Array(control, COUNTERS * 4);
  return {
    counters,
    write(slot: number, { length, checkpoint, state, taken }: Filled): void {
      results.set([length, checkpoint, state, taken], slot * 4);
    },
    read(slot: number): Filled {
      const [length, checkpoint, state, taken] = results.subarray(slot * 4);
      return { length, checkpoint, state, taken };
    },
  };
}

export function controlBytes(slots: number): number {
  return COUNTERS * 4 + slots * 32;
}

/**
 * The thread's work, until the end of the file. `data` is its start message; `read` reads the file,
 * best without giving the thread away.
 */
export async function runInflate(data: unknown, read: Read): Promise<void> {
  if (!isStart(data)) throw new Error('The inflate thread was started with something else than its start message.');
  const { module, memory, control, ring, slots, inflateAt } = data;
  const { counters, write } = controlOf(control);
  const input = gzipInput(instantiate(module, memory), memory, inflateAt, read);
  for (let sequence = 0; ; sequence++) {
    for (let released = Atomics.load(counters, RELEASED); sequence >= released + slots; released = Atomics.load(counters, RELEASED)) {
      Atomics.wait(counters, RELEASED, released);
    }
    const filled = await input.fill(slotAt(ring, slots, sequence), CHUNK);
    write(sequence % slots, filled);
    Atomics.add(counters, FILLED, 1);
    Atomics.notify(counters, FILLED);
    if (filled.state !== INFLATE.running) return;
  }
}

function isStart(data: unknown): data is InflateStart {
  if (typeof data !== 'object' || data === null) return false;
  const { module, memory, control, ring, slots, inflateAt }: Partial<Record<keyof InflateStart, unknown>> = data;
  const numbers = [ring, slots, inflateAt].every(Number.isInteger);
  return module instanceof WebAssembly.Module && memory instanceof WebAssembly.Memory && control instanceof SharedArrayBuffer && numbers;
}

/**
 * Slots that another thread fills. `failed` rejects when that thread dies; if it never filled a slot, `instead` takes over.
 */
export function slotsOfThread({ control, ring, slots }: InflateStart, failed: Promise<never>, instead: () => SlotSource): SlotSource {
  const { counters, read } = controlOf(control);
  let sequence = 0;
  let taken = 0;
  let state: number = INFLATE.running;
  let failure: unknown;
  let other: SlotSource | undefined;
  failed.catch((error: unknown) => {
    failure = error ?? new Error('The inflate thread ended.');
  });

  const waitForSlot = async (): Promise<boolean> => {
    while (Atomics.load(counters, FILLED) <= sequence) {
      if (failure !== undefined) return false;
      Atomics.wait(counters, FILLED, sequence, WAIT_MS);
      if (Atomics.load(counters, FILLED) <= sequence) await new Promise((resolve) => setTimeout(resolve));
    }
    return true;
  };

  return {
    async next(): Promise<Slot | undefined> {
      if (other) return other.next();
      if (state !== INFLATE.running) return undefined;
      if (!(await waitForSlot())) {
        if (sequence > 0) throw failure;
        other = instead();
        return other.next();
      }
      const filled = read(sequence % slots);
      const at = slotAt(ring, slots, sequence++);
      taken = filled.taken;
      state = filled.state;
      return { at, end: at + filled.length, checkpoint: filled.checkpoint };
    },
    release() {
      // What is left of the last slot is still needed.
      Atomics.store(counters, RELEASED, sequence - 1);
      Atomics.notify(counters, RELEASED);
    },
    taken: () => (other ? other.taken() : taken),
    state: () => (other ? other.state() : state),
  };
}
