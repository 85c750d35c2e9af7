/** Which call on a CPU thread enqueued which GPU work: joined by the correlation id that CUPTI and roctracer give to both. */

import { sortByStart } from './sort.js';
import type { Strings } from './strings.js';
import { type Category, NONE, type Slices } from './trace.js';

/** Several calls can share a correlation (a runtime call and the driver call inside it): the one that enqueues counts. */
const ENQUEUES = /Launch|Memcpy|Memset/;

/** launch[g] = slice id of the call that enqueued GPU slice g, NONE when it was not recorded. */
export function linkLaunches(slices: Slices, gpuCount: number, categories: Category[], strings: Strings): Uint32Array {
  const isLaunch = categories.map(({ kind }) => kind === 'launch');
  const enqueues: boolean[] = [];
  const better = (slice: number, than: number): boolean => {
    const mine = (enqueues[slices.name[slice]] ??= ENQUEUES.test(strings.get(slices.name[slice])));
    const theirs = (enqueues[slices.name[than]] ??= ENQUEUES.test(strings.get(slices.name[than])));
    return mine === theirs ? recordOf(slices, slice) < recordOf(slices, than) : mine;
  };
  const calls = new Map<number, number>();
  for (let slice = gpuCount; slice < slices.count; slice++) {
    const correlation = slices.correlation[slice];
    if (correlation === NONE || !isLaunch[slices.category[slice]]) continue;
    const known = calls.get(correlation);
    if (known === undefined || better(slice, known)) calls.set(correlation, slice);
  }
  const launch = new Uint32Array(gpuCount).fill(NONE);
  for (let gpu = 0; gpu < gpuCount; gpu++) {
    const correlation = slices.correlation[gpu];
    if (correlation !== NONE) launch[gpu] = calls.get(correlation) ?? NONE;
  }
  return launch;
}

/** GPU slice ids ordered by launch, then start; those without a launch come last. */
export function orderByLaunch(launch: Uint32Array, startNs: Float64Array): Uint32Array {
  const order = new Uint32Array(launch.length);
  let launched = 0;
  let rest = launch.length;
  for (let gpu = launch.length - 1; gpu >= 0; gpu--) if (launch[gpu] === NONE) order[--rest] = gpu;
  for (let gpu = 0; gpu < launch.length; gpu++) if (launch[gpu] !== NONE) order[launched++] = gpu;
  // Of equal calls the larger second key comes first.
  const call = new Float64Array(launched);
  const before = new Float64Array(launched);
  for (let i = 0; i < launched; i++) {
    call[i] = launch[order[i]];
    before[i] = -startNs[order[i]];
  }
  sortByStart(order.subarray(0, launched), call, before);
  return order;
}

function recordOf(slices: Slices, slice: number): number {
  return slices.recordHigh[slice] * 0x1_0000_0000 + slices.recordLow[slice];
}
