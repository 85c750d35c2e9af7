/**
 * The compressed input: a buffer that is filled piece by piece, and the bits taken from it. The buffer ends in zeros, so
 * that reading a little too far is harmless and is noticed afterwards.
 */

/** A block header with its code lengths is shorter than this. */
export const LONGEST_HEADER: usize = 1024;
/** The bit buffer gives at most this many bytes back to the input. */
const GIVEN_BACK: usize = 8;

let input: usize = 0;
let inputCapacity: usize = 0;
let taken: i64 = 0; // position in the file of `input`
/** One past the last byte that is there, and whether no more will come. */
export let inputEnd: usize = 0;
export let inputFinal = false;
/** Next byte to read; the bit buffer holds `bitCount` bits from before it, and may hold more that are not counted. */
export let at: usize = 0;
export let bits: u64 = 0;
export let bitCount: u32 = 0;

/** Bytes of memory for an input buffer of `capacity` bytes. */
export function inputBytes(capacity: usize): usize {
  return GIVEN_BACK + capacity + LONGEST_HEADER + 64;
}

/** Input will come from byte `position` of the file. */
export function startInput(memory: usize, capacity: usize, position: i64): void {
  input = memory + GIVEN_BACK;
  inputCapacity = capacity;
  taken = position;
  inputEnd = input;
  inputFinal = false;
  moveTo(input);
}

/** Reads on from byte `p` of the buffer. */
export function moveTo(p: usize): void {
  keepBits(p, 0, 0);
}

/** Takes over what the decoding loop had in local variables. */
// @ts-ignore: decorator
@inline
export function keepBits(p: usize, someBits: u64, count: u32): void {
  at = p;
  bits = someBits;
  bitCount = count;
}

/**
 * Where the next bytes of the file must be put; what is not read yet is moved to the front of the buffer, and the bytes
 * that are in the bit buffer to in front of it, because they may be given back.
 */
export function inputAt(): usize {
  if (at > input && at <= inputEnd) {
    memory.copy(input - GIVEN_BACK, at - GIVEN_BACK, inputEnd - at + GIVEN_BACK);
    taken += <i64>(at - input);
    inputEnd -= at - input;
    at = input;
  }
  return inputEnd;
}

/** How many bytes may be put there. */
export function inputRoom(): u32 {
  return <u32>(input + inputCapacity - inputEnd);
}

export function addInput(length: u32, isLast: bool): void {
  inputEnd += length;
  inputFinal = isLast;
  memory.fill(inputEnd, 0, LONGEST_HEADER + 64);
}

/** Bytes of the file that have been read. */
export function takenBytes(): f64 {
  return <f64>(taken + <i64>min(at, inputEnd) - <i64>input - <i64>(bitCount >> 3));
}

/** The bit of the file that is read next. */
export function bitPosition(): f64 {
  return <f64>((taken + <i64>at - <i64>input) * 8 - <i64>bitCount);
}

// @ts-ignore: decorator
@inline
export function refill(): void {
  bits |= load<u64>(at) << bitCount;
  at += (63 - bitCount) >> 3;
  bitCount |= 56;
}

// @ts-ignore: decorator
@inline
export function take(count: u32): u32 {
  const value = <u32>(bits & ((<u64>1 << count) - 1));
  bits >>= count;
  bitCount -= count;
  return value;
}

/** Gives whole bytes of the bit buffer back to the input. */
export function alignToByte(): void {
  moveTo(at - (bitCount >> 3));
}

/** Whether bits were used that are not in the file. */
// @ts-ignore: decorator
@inline
export function beyond(p: usize, count: u32): bool {
  return p > inputEnd && ((p - inputEnd) << 3) > <usize>count;
}
