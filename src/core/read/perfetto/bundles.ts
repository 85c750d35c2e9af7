/**
 * Packets inside of packets: what is compressed lies at no place in the file, so those packets are told apart by places
 * behind the file's end, in the order in which they come out.
 */
import type { Cursor, MessageWriter } from './wire.js';

/** Where places of packets in bundles begin. Records have 40 bits; no trace is as long as half of that. */
export const INSIDE = 2 ** 39;

export interface Bundles {
  /** the place of what comes out of the next bundle */
  next(): number;
  /** `bytes` came out of the bundle that is the packet at `offset` */
  add(offset: number, bytes: number): void;
  /** the bundle that holds a place, and how far into it; undefined for places in the file */
  find(place: number): { offset: number; inside: number } | undefined;
  save(writer: MessageWriter): void;
}

/** Field of what `save` writes. */
export const SAVED_BUNDLE = 3;

export function createBundles(): Bundles {
  const offsets: number[] = [];
  const starts: number[] = [];
  let next = INSIDE;
  const lengths: number[] = [];
  return {
    next: () => next,
    add(offset, bytes) {
      offsets.push(offset);
      starts.push(next);
      lengths.push(bytes);
      next += bytes;
    },
    find(place) {
      if (place < INSIDE) return undefined;
      const bundle = starts.findLastIndex((start) => start <= place);
      return bundle < 0 ? undefined : { offset: offsets[bundle], inside: place - starts[bundle] };
    },
    save(writer) {
      for (const [i, offset] of offsets.entries()) {
        writer.message(SAVED_BUNDLE, (bundle) => {
          bundle.number(1, offset);
          bundle.number(2, lengths[i]);
        });
      }
    },
  };
}

/** Takes one of the messages that `save` wrote. */
export function restoreBundle(bundles: Bundles, cursor: Cursor, outer: number): void {
  const end = cursor.open(outer);
  const numbers = [0, 0, 0];
  while (cursor.next(end)) numbers[Math.min(cursor.field, 2)] = cursor.uint();
  bundles.add(numbers[1], numbers[2]);
}
