/**
 * The actions of one device played again, from the memory that was taken when the recording began: what the segments hold at the end,
 * and no action took; and what is freed without having been taken.
 */
import type { Allocation } from './sites.js';
import type { Action, Address, Block, Segment } from './snapshot.js';

/** Bytes after an action. */
export interface Level {
  /** asked for by who holds them */
  allocated: number;
  /** and those that were given back while a stream may still use them */
  active: number;
  /** taken from the driver */
  reserved: number;
}

export interface Replay {
  /** before the first action */
  initial: Level;
  levels: Level[];
  /** index of the action after which most was allocated for the first time; −1 before all */
  peak: number;
  /** blocks at the end that do not fit to the actions */
  mismatches: number;
  /** more was taken from the driver than is there at the end, or more was allocated than had been taken */
  segmentsMissing: boolean;
}

const isFree = ({ kind }: Action): boolean => kind.startsWith('free');

/** Bytes that an action takes from the driver. */
function taken({ kind, bytes }: Action): number {
  if (kind === 'segment_alloc' || kind === 'segment_map') return bytes;
  return kind === 'segment_free' || kind === 'segment_unmap' ? -bytes : 0;
}

/** What was allocated before the first action. */
export function before(actions: readonly Action[], segments: readonly Segment[]): Map<Address, Allocation> {
  const seen = new Set<Address>();
  const found = new Map<Address, Allocation>();
  for (const action of actions) {
    if (seen.has(action.address) || !(action.kind === 'alloc' || isFree(action))) continue;
    seen.add(action.address);
    if (isFree(action)) found.set(action.address, { bytes: action.bytes, stack: undefined });
  }
  for (const { address, requestedBytes, stack } of usedBlocks(segments)) {
    if (!seen.has(address)) found.set(address, { bytes: requestedBytes, stack: stack.length > 0 ? stack : undefined });
  }
  return found;
}

function usedBlocks(segments: readonly Segment[]): Block[] {
  return segments.flatMap(({ blocks }) => blocks.filter(({ state }) => state !== 'free'));
}

/** Takes and gives back what actions say; `held` and `pending` change. */
function player(held: Map<Address, Allocation>): { play(action: Action): void; pending: Map<Address, Allocation>; bytes: { held: number; pending: number } } {
  const pending = new Map<Address, Allocation>();
  const bytes = { held: 0, pending: 0 };
  for (const allocation of held.values()) bytes.held += allocation.bytes;
  const drop = (from: Map<Address, Allocation>, address: Address): Allocation | undefined => {
    const allocation = from.get(address);
    from.delete(address);
    return allocation;
  };
  const give = (address: Address): Allocation | undefined => {
    const allocation = drop(held, address);
    bytes.held -= allocation?.bytes ?? 0;
    return allocation;
  };
  const finish = (address: Address): void => {
    bytes.pending -= drop(pending, address)?.bytes ?? 0;
  };
  return {
    pending,
    bytes,
    play({ kind, address, bytes: size, stack }) {
      if (kind === 'alloc') {
        // Its end was not recorded, but the same memory cannot be taken twice.
        give(address);
        finish(address);
        held.set(address, { bytes: size, stack });
        bytes.held += size;
      } else if (kind === 'free_requested') {
        const allocation = give(address);
        if (!allocation) return;
        pending.set(address, allocation);
        bytes.pending += allocation.bytes;
      } else if (kind.startsWith('free')) {
        give(address);
        finish(address);
      }
    },
  };
}

export function replay(actions: readonly Action[], segments: readonly Segment[]): Replay {
  const held = before(actions, segments);
  const { play, pending, bytes } = player(held);
  const endReserved = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  const reservedBefore = endReserved - actions.reduce((sum, action) => sum + taken(action), 0);
  let reserved = Math.max(0, reservedBefore);
  let segmentsMissing = reservedBefore < 0;
  const initial = { allocated: bytes.held, active: bytes.held, reserved };
  let peak = -1;
  let most = initial.allocated;
  const levels = actions.map((action, index): Level => {
    play(action);
    reserved = Math.max(0, reserved + taken(action));
    segmentsMissing ||= reserved < bytes.held;
    if (bytes.held > most) {
      most = bytes.held;
      peak = index;
    }
    return { allocated: bytes.held, active: bytes.held + bytes.pending, reserved };
  });
  const used = new Map(usedBlocks(segments).map((block) => [block.address, block.state]));
  const unexplained = [...held.keys()].filter((address) => used.get(address) !== 'allocated').length;
  const forgotten = [...used].filter(([address, state]) => !(state === 'allocated' ? held : pending).has(address)).length;
  return { initial, levels, peak, mismatches: unexplained + forgotten, segmentsMissing };
}

/** What was allocated after the action with this index. */
export function heldAt(actions: readonly Action[], segments: readonly Segment[], index: number): Allocation[] {
  const held = before(actions, segments);
  const { play } = player(held);
  for (let at = 0; at <= index; at++) play(actions[at]);
  return [...held.values()];
}
