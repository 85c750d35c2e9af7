/**
 * Text on its way to the parser: a ring of slots in the kernel's memory. In front of every slot lies a head, into which
 * inflate puts the 32 KB before and the parser what it could not eat yet. Slots are filled on this thread, or on another.
 */
import { INFLATE, type TextInput } from './input.js';

export const HEAD = 1 << 16;
export const CHUNK = 1 << 19;
/** inflate may overwrite a little behind its output, the parser reads a little further */
const SLACK = 1024;
const SLOT = HEAD + CHUNK + SLACK;

export interface Slot {
  at: number;
  end: number;
  /** bit of the compressed file at which reading can be resumed behind this slot; −1 for most */
  checkpoint: number;
}

export interface SlotSource {
  /** The next text, undefined at the end. The text before may still be used until `release`. */
  next(): Promise<Slot | undefined>;
  /** Everything but the last slot may be filled again. */
  release(): void;
  /** bytes of the file that have been read */
  taken(): number;
  /** how the input ended, one of INFLATE */
  state(): number;
}

export function slotBytes(slots: number): number {
  return slots * SLOT;
}

/** Where slot `sequence` begins in a ring of `slots` at `ring`. */
export function slotAt(ring: number, slots: number, sequence: number): number {
  return ring + (sequence % slots) * SLOT + HEAD;
}

/** Two slots that are filled when they are asked for. */
export function slotsOnThisThread(input: TextInput, ring: number): SlotSource {
  let sequence = 0;
  let taken = 0;
  let state: number = INFLATE.running;
  return {
    async next() {
      if (state !== INFLATE.running) return undefined;
      const at = slotAt(ring, 2, sequence++);
      const filled = await input.fill(at, CHUNK);
      taken = filled.taken;
      state = filled.state;
      return { at, end: at + filled.length, checkpoint: filled.checkpoint };
    },
    release() {},
    taken: () => taken,
    state: () => state,
  };
}
