/** What the reader asks of the WASM kernel. Several threads may run it over one memory; each has its own state. */
import { startColumns } from './columns.as';
import { startHeap } from './memory.as';
import { startParser } from './parser.as';
import { startStrings } from './strings.as';

export { allocate } from './memory.as';
export { crc32 } from './crc.as';
export { argsAt, columnAt } from './columns.as';
export { eventsInObject, membersAt, membersCount, parse, parserOffset, parserState, sawEvents, strangerCount } from './parser.as';
export { baseNs, blockFull, nextBlock, rows } from './record.as';
export { stringAt, stringLength } from './strings.as';
export { addInput, bitPosition, inputAt, inputRoom, takenBytes } from './bits.as';
export { inflate, inflateBytes, inflateState, memberIntact, resumeInflate, startInflate } from './inflate.as';

/** Called once, before anything else, by the thread that parses. */
export function start(heap: usize): void {
  startHeap(heap);
  startColumns();
  startStrings();
  startParser();
}

/** Copies inside the memory. JavaScript would copy shared memory byte by byte. */
export function copy(to: usize, from: usize, bytes: usize): void {
  memory.copy(to, from, bytes);
}
