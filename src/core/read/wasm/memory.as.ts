/** The simplest allocator: memory is only ever added, because everything that is allocated lives as long as the reader. */

let heap: usize = 0;

/** Everything from `start` on may be given out. */
export function startHeap(start: usize): void {
  heap = start;
}

/** A new piece of memory, aligned to a cache line. Traps when there is no more memory, which the reader reports. */
export function allocate(bytes: usize): usize {
  const at = (heap + 63) & ~63;
  const end = <u64>at + <u64>bytes;
  assertFits(end <= 0xffff0000);
  heap = <usize>end;
  const missing = <i32>((heap + 0xffff) >> 16) - memory.size();
  if (missing > 0) assertFits(memory.grow(missing) >= 0);
  return at;
}

function assertFits(fits: bool): void {
  if (!fits) unreachable();
}
