/**
 * Reads a Python pickle as data: numbers, texts, lists, tuples and dicts. Nothing in it is ever called or looked up by name, so nothing
 * can be executed; what would need that is refused. Every opcode does a bounded amount of work, and what all of them make is bounded too.
 */
import { NotATrace } from '../sniff.js';
import { utf8 } from '../text.js';
import { OP, REFUSED } from './opcodes.js';

/** A dict is a Map, a list or a tuple an array. The same object may be in several places, as in Python, also in itself. */
export type Pickled = null | boolean | number | bigint | string | Pickled[] | Map<Pickled, Pickled>;

/** Stands for a class that is known to be a dict and nothing else. */
const DICT_CLASS = 'collections.OrderedDict';

/** What a file of the largest size that is read holds at most, were it a snapshot. */
const MOST_CONTAINERS = 4_000_000;
const MOST_ELEMENTS = 64_000_000;

/** A class that a pickle names. Its name is text here, nothing more. */
class ClassName {
  constructor(readonly text: string) {}
}

type OnStack = Pickled | ClassName;

/** The value of a whole pickle. Throws NotATrace. */
export function readPickle(bytes: Uint8Array): Pickled {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: OnStack[] = [];
  const marks: number[] = [];
  const memo: OnStack[] = [];
  let at = 0;
  let containers = 0;
  let elements = 0;

  const refuse = (what: string): NotATrace => new NotATrace('This pickle cannot be read', `${what} at byte ${at.toLocaleString('en-US')} of the pickle.`);
  const damaged = (): NotATrace => refuse('The data is damaged: no pickle goes on like this');
  /** where the next `length` bytes begin */
  const skip = (length: number): number => {
    if (length > bytes.length - at) throw refuse(`The file ends early: ${length.toLocaleString('en-US')} more bytes should follow`);
    const from = at;
    at += length;
    return from;
  };
  const push = (value: OnStack): void => {
    if (stack.length + marks.length >= MOST_ELEMENTS) throw refuse('The pickle holds more than Kernel Lens reads');
    stack.push(value);
  };
  const container = <T extends Pickled[] | Map<Pickled, Pickled>>(value: T, size = 0): T => {
    elements += size;
    if (++containers > MOST_CONTAINERS || elements > MOST_ELEMENTS) throw refuse('The pickle holds more than Kernel Lens reads');
    return value;
  };
  const data = (value: OnStack | undefined): Pickled => {
    if (value instanceof ClassName) throw foreign(value.text);
    if (value === undefined) throw damaged();
    return value;
  };
  const foreign = (name: string): NotATrace => refuse(`The pickle holds an object of type ${name}, which is not read because nothing in a pickle is executed`);
  const pop = (): OnStack => {
    const value = stack.length > (marks.at(-1) ?? 0) ? stack.pop() : undefined;
    if (value === undefined) throw damaged();
    return value;
  };
  const popMark = (): Pickled[] => {
    const from = marks.pop();
    if (from === undefined) throw damaged();
    return stack.splice(from).map(data);
  };
  const top = (): OnStack => {
    const value = pop();
    stack.push(value);
    return value;
  };
  const topList = (): Pickled[] => {
    const list = top();
    if (!Array.isArray(list)) throw damaged();
    return list;
  };
  const add = (list: Pickled[], values: Pickled[]): void => {
    elements += values.length;
    if (elements > MOST_ELEMENTS) throw refuse('The pickle holds more than Kernel Lens reads');
    for (const value of values) list.push(value);
  };
  const setItems = (pairs: Pickled[]): void => {
    const dict = top();
    if (!(dict instanceof Map) || pairs.length % 2 !== 0) throw damaged();
    elements += pairs.length;
    if (elements > MOST_ELEMENTS) throw refuse('The pickle holds more than Kernel Lens reads');
    for (let pair = 0; pair < pairs.length; pair += 2) dict.set(pairs[pair], pairs[pair + 1]);
  };
  const tuple = (size: number): void => {
    const values: Pickled[] = [];
    for (let i = 0; i < size; i++) values.unshift(data(pop()));
    push(container(values, size));
  };
  const text = (length: number): string => {
    const from = skip(length);
    return utf8(bytes.subarray(from, at));
  };
  const line = (): string => {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) throw refuse('The file ends early: a line has no end');
    const found = utf8(bytes.subarray(at, end));
    at = end + 1;
    return found;
  };
  const u32 = (): number => view.getUint32(skip(4), true);
  const u64 = (): number => {
    const length = view.getBigUint64(skip(8), true);
    return length > BigInt(bytes.length) ? Number.POSITIVE_INFINITY : Number(length);
  };
  /** little-endian two's complement of any length; a snapshot has addresses and times, of eight bytes and a sign at most */
  const long = (length: number): number | bigint => {
    if (length > 9) throw refuse(`The pickle holds a whole number of ${length} bytes, which no snapshot has`);
    const from = skip(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[from + i]);
    value = BigInt.asIntN(8 * length, value);
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
  };
  const memoized = (index: number): OnStack => {
    if (index >= memo.length) throw damaged();
    return memo[index];
  };
  const memoize = (index: number): void => {
    // Writers number what they remember one after the other.
    if (index > memo.length) throw damaged();
    memo[index] = top();
  };
  const reduce = (): void => {
    const given = pop();
    const callee = pop();
    if (!(callee instanceof ClassName) || !Array.isArray(given)) throw damaged();
    if (callee.text !== DICT_CLASS || given.length > 0) throw foreign(callee.text);
    push(container(new Map()));
  };
  const stackGlobal = (): void => {
    const name = pop();
    const module = pop();
    if (typeof name !== 'string' || typeof module !== 'string') throw damaged();
    pushClass(`${module}.${name}`);
  };
  const pushClass = (name: string): void => {
    if (name !== DICT_CLASS) throw foreign(name);
    push(new ClassName(name));
  };

  const protocol = bytes[skip(1)] === OP.proto ? bytes[skip(1)] : 0;
  if (protocol < 2 || protocol > 5) throw refuse('A pickle of protocol 2, 3, 4 or 5 should begin');
  for (;;) {
    const op = bytes[skip(1)];
    if (op === OP.stop) break;
    else if (op === OP.binGet) push(memoized(bytes[skip(1)]));
    else if (op === OP.longBinGet) push(memoized(u32()));
    else if (op === OP.memoize) memoize(memo.length);
    else if (op === OP.binPut) memoize(bytes[skip(1)]);
    else if (op === OP.longBinPut) memoize(u32());
    else if (op === OP.mark) {
      if (stack.length + marks.length >= MOST_ELEMENTS) throw refuse('The pickle holds more than Kernel Lens reads');
      marks.push(stack.length);
    } else if (op === OP.emptyDict) push(container(new Map()));
    else if (op === OP.emptyList || op === OP.emptyTuple) push(container([]));
    else if (op === OP.setItems) setItems(popMark());
    else if (op === OP.setItem) setItems([data(pop()), data(pop())].reverse());
    else if (op === OP.appends) {
      const values = popMark();
      add(topList(), values);
    } else if (op === OP.append) {
      const value = data(pop());
      add(topList(), [value]);
    } else if (op === OP.binInt1) push(bytes[skip(1)]);
    else if (op === OP.binInt2) push(view.getUint16(skip(2), true));
    else if (op === OP.binInt) push(view.getInt32(skip(4), true));
    else if (op === OP.long1) push(long(bytes[skip(1)]));
    else if (op === OP.binFloat) push(view.getFloat64(skip(8), false));
    else if (op === OP.shortBinUnicode) push(text(bytes[skip(1)]));
    else if (op === OP.binUnicode) push(text(u32()));
    else if (op === OP.binUnicode8) push(text(u64()));
    else if (op === OP.none) push(null);
    else if (op === OP.newTrue || op === OP.newFalse) push(op === OP.newTrue);
    else if (op === OP.tuple1 || op === OP.tuple2 || op === OP.tuple3) tuple(op - OP.tuple1 + 1);
    else if (op === OP.tuple || op === OP.list) {
      const values = popMark();
      push(container(values, values.length));
    } else if (op === OP.dict) {
      const pairs = popMark();
      push(container(new Map()));
      setItems(pairs);
    } else if (op === OP.pop) {
      if (stack.length === (marks.at(-1) ?? 0) && marks.length > 0) marks.pop();
      else pop();
    } else if (op === OP.popMark) popMark();
    else if (op === OP.dup) push(top());
    else if (op === OP.frame) {
      // A frame only says how much may be read at once.
      if (u64() > bytes.length - at) throw refuse('The file ends early: a frame reaches beyond it');
    } else if (op === OP.global) pushClass(`${line()}.${line()}`);
    else if (op === OP.stackGlobal) stackGlobal();
    else if (op === OP.reduce) reduce();
    else if (REFUSED[op] !== undefined) throw refuse(`The pickle holds ${REFUSED[op]}, which is not read because nothing in a pickle is executed`);
    else throw refuse(`The data is damaged, or holds what no snapshot has: opcode ${op}`);
  }
  if (stack.length !== 1 || marks.length > 0) throw damaged();
  if (at !== bytes.length) throw refuse('The data is damaged: the pickle ends before the file does');
  return data(stack[0]);
}
