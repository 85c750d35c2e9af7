/** The args of a record: what the columns hold of them. Only the members of args itself count, not those of what is in it. */
import * as column from './columns.as';
import * as key from './keys.as';
import { readWhole } from './numbers.as';
import { CLOSE_BRACE, OPEN_BRACKET, QUOTE, literalEnd, skipSpace } from './scan.as';
import { intern } from './strings.as';
import { fail, idNumber, isText, nextMember, readValue, textFrom, textTo, valueAfter } from './values.as';

/** Everything that readArgs may find. */
export const ARGS_FLAGS: u32 = column.HAS_CORRELATION | column.HAS_EXTERNAL | column.HAS_GRID | column.HAS_BYTES | column.HAS_DEVICE | column.HAS_STREAM;

/** What the args that were read last have, of ARGS_FLAGS. */
export let argsFlags: u32 = 0;

/** Reads the args that open at `p` into a row. Returns one past them; 0 when they are not complete, or no JSON. */
export function readArgs(p: usize, end: usize, row: usize): usize {
  argsFlags = 0;
  p = skipSpace(p + 1, end);
  if (p >= end) return 0;
  while (load<u8>(p) != CLOSE_BRACE) {
    if (load<u8>(p) != QUOTE) return fail();
    p = key.readKey(p + 1, end);
    if (!p) return 0;
    p = valueAfter(p, end);
    if (!p) return 0;
    const member = key.lastKey();
    const first = load<u8>(p);
    p = readValue(p, end);
    if (!p) return 0;
    if (member == key.CORRELATION) {
      argsFlags &= ~column.HAS_CORRELATION;
      if (isText(first)) {
        store<f64>(column.correlation + (row << 3), idNumber());
        argsFlags |= column.HAS_CORRELATION;
      }
    } else if (member == key.EXTERNAL) {
      argsFlags &= ~column.HAS_EXTERNAL;
      if (isText(first)) {
        store<f64>(column.external + (row << 3), idNumber());
        argsFlags |= column.HAS_EXTERNAL;
      }
    } else if (member == key.GRID) {
      argsFlags &= ~column.HAS_GRID;
      if (first == OPEN_BRACKET) {
        const from = skipSpace(textFrom + 1, end);
        const x = readWhole(from, from < textTo ? literalEnd(from, textTo) : from);
        if (x >= 0 && x <= 0xffffffff) {
          store<u32>(column.gridX + (row << 2), <u32>x);
          argsFlags |= column.HAS_GRID;
        }
      }
    } else if (member == key.BYTES) {
      argsFlags &= ~column.HAS_BYTES;
      const bytes = readWhole(textFrom, textTo);
      if (bytes >= 0) {
        store<f64>(column.bytes + (row << 3), bytes);
        argsFlags |= column.HAS_BYTES;
      }
    } else if (member == key.DEVICE || member == key.STREAM) {
      const isDevice = member == key.DEVICE;
      const bit = isDevice ? column.HAS_DEVICE : column.HAS_STREAM;
      argsFlags &= ~bit;
      if (isText(first)) {
        store<u32>((isDevice ? column.device : column.stream) + (row << 2), intern(textFrom, textTo));
        argsFlags |= bit;
      }
    }
    p = nextMember(p, end);
    if (!p) return 0;
  }
  return p < end ? p + 1 : 0;
}
