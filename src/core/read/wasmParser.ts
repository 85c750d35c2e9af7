/** Drives the parser of the WASM kernel over slots of text. */
import { ARGS_BYTES, BLOCK_ROWS, type Block, LONGEST_RECORD, makeColumns, type ParsedEnd, type RawStrings, STATE, type TakeBlock, TOO_LONG } from './blocks.js';
import { WINDOW } from './input.js';
import type { Checkpoint } from './records.js';
import { HEAD, type Slot, type SlotSource } from './slots.js';
import { decodeRaw, utf8 } from './text.js';
import type { Kernel } from './wasm/kernel.js';

const OUT_OF_MEMORY = 'Memory for names ran out';

export interface Parsed extends ParsedEnd {
  checkpoints: Checkpoint[];
  /** bytes of text that came in */
  textBytes: number;
  /** why reading stopped before the end, if it did */
  stopped?: string;
}

/** Parses all slots. `askStop` is asked after each; when it has a reason to stop, what has been read is the answer. */
export async function parseSlots(
  kernel: Kernel,
  memory: WebAssembly.Memory,
  source: SlotSource,
  take: TakeBlock,
  askStop: () => Promise<string | undefined>,
): Promise<Parsed> {
  const checkpoints: Checkpoint[] = [];
  const long = createLongText(kernel);
  const strings: RawStrings = { bytes: (id) => new Uint8Array(memory.buffer, kernel.stringAt(id) >>> 0, kernel.stringLength(id) >>> 0) };
  let block = blockOf(kernel, memory);
  let textBytes = 0;

  const takeRows = (): void => {
    if (block.args.buffer !== memory.buffer) block = blockOf(kernel, memory); // the memory has grown
    block.rows = kernel.rows();
    if (block.rows > 0) take(block, strings);
    kernel.nextBlock();
  };
  /** Returns where the text begins that could not be eaten. */
  const eat = (from: number, end: number): number => {
    for (;;) {
      from = kernel.parse(from, end) >>> 0;
      if (!kernel.blockFull()) return from;
      takeRows();
    }
  };

  let stopped: string | undefined;
  let restAt = 0;
  let rest = 0;
  const eatSlot = (slot: Slot): void => {
    if (rest <= HEAD) {
      kernel.copy(slot.at - rest, restAt, rest);
      restAt = eat(slot.at - rest, slot.end);
      rest = slot.end - restAt;
      if (rest > HEAD) long.begin(restAt, rest);
    } else {
      rest = long.add(slot.at, slot.end - slot.at);
      if (long.worthTrying()) {
        restAt = eat(long.at(), long.at() + rest);
        rest = long.at() + rest - restAt;
        if (rest > HEAD) long.begin(restAt, rest);
      }
    }
  };
  for (let slot = await source.next(); slot; slot = await source.next()) {
    textBytes += slot.end - slot.at;
    if (slot.checkpoint >= 0) {
      checkpoints.push({ bit: slot.checkpoint, offset: textBytes, window: new Uint8Array(memory.buffer, slot.end - WINDOW, WINDOW).slice() });
    }
    try {
      eatSlot(slot);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      stopped = OUT_OF_MEMORY;
      rest = 0;
    }
    source.release();
    stopped ??= rest > LONGEST_RECORD ? TOO_LONG : await askStop();
    if (stopped !== undefined || kernel.parserState() === STATE.broken) break;
  }
  if (rest > HEAD) eat(long.at(), long.at() + rest);
  takeRows();
  return { ...parsedEnd(kernel, memory, strings), checkpoints, textBytes, stopped };
}

/** Text of a record that is longer than the room in front of a slot. It is parsed again only when it has doubled. */
function createLongText(kernel: Kernel) {
  let at = 0;
  let length = 0;
  let capacity = 0;
  let tryAt = 0;
  const makeRoom = (bytes: number): void => {
    if (bytes + 64 <= capacity) return;
    capacity = bytes * 2 + 64;
    const roomier = kernel.allocate(capacity) >>> 0;
    kernel.copy(roomier, at, length);
    at = roomier;
  };
  return {
    at: () => at,
    worthTrying: () => length >= tryAt,
    begin(from: number, bytes: number) {
      length = 0;
      makeRoom(bytes);
      kernel.copy(at, from, bytes);
      length = bytes;
      tryAt = 2 * bytes;
    },
    add(from: number, bytes: number): number {
      makeRoom(length + bytes);
      kernel.copy(at + length, from, bytes);
      length += bytes;
      return length;
    },
  };
}

function blockOf(kernel: Kernel, memory: WebAssembly.Memory): Block {
  const { buffer } = memory;
  const columns = makeColumns(BLOCK_ROWS, (index) => ({ buffer, at: kernel.columnAt(index) >>> 0 }));
  return { ...columns, rows: 0, args: new Uint8Array(buffer, kernel.argsAt() >>> 0, ARGS_BYTES) };
}

function parsedEnd(kernel: Kernel, memory: WebAssembly.Memory, strings: RawStrings): ParsedEnd {
  const pairs = new Uint32Array(memory.buffer, kernel.membersAt() >>> 0, kernel.membersCount() * 2);
  const members: ParsedEnd['members'] = [];
  for (let i = 0; i < pairs.length; i += 2) members.push({ key: decodeRaw(strings.bytes(pairs[i])), text: utf8(strings.bytes(pairs[i + 1])) });
  return {
    state: kernel.parserState(),
    offset: kernel.parserOffset(),
    sawEvents: kernel.sawEvents() !== 0,
    inObject: kernel.eventsInObject() !== 0,
    strangers: kernel.strangerCount() >>> 0,
    baseNs: kernel.baseNs(),
    members,
  };
}
