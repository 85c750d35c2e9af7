/**
 * From the clocks of a recording to one time line. Which clocks there are and how snapshots relate them: perfetto's
 * builtin_clock.proto and clock_snapshot.proto.
 */
import type { Cursor } from './wire.js';

export const CLOCK = { realtime: 1, monotonic: 3, boottime: 6 } as const;
/** Clocks with these ids belong to the sequence of packets that they are used in. */
const FIRST_OF_SEQUENCE = 64;
const LAST_OF_SEQUENCE = 127;

const HIGH = 0x1_0000_0000;

/** A clock and what is known of it. Its time is counted from its first reading, so that doubles are exact. */
interface Clock {
  lo: number;
  hi: number;
  /** ns per tick */
  multiplier: number;
  /** readings are distances from the reading before; `now` is the last one */
  incremental: boolean;
  now: number;
  /** snapshots: its own time, and what is to be added to get time on the line */
  at: number[];
  offset: number[];
}

interface Reading {
  clock: number;
  lo: number;
  hi: number;
  multiplier: number;
  incremental: boolean;
}

export interface Clocks {
  /** ns on the time line of a clock's reading; NaN when nothing relates the clock to it. `clock` 0 is the recording's own. */
  timeNs(sequence: number, clock: number, lo: number, hi: number): number;
  /** takes a ClockSnapshot that ends at `end` */
  snapshot(cursor: Cursor, end: number, sequence: number): void;
  /** ns at the zero of the time line as its clock counts */
  baseNs(): bigint;
  /** what must be added to get ns since 1970; undefined when no snapshot says it */
  epochOffsetNs(): bigint | undefined;
}

export function createClocks(): Clocks {
  const clocks = new Map<number, Clock>();
  /** the clock of the time line: the one that the first snapshot calls primary, or else the first one used */
  let line: number | undefined;
  let epochOffsetNs: bigint | undefined;

  const keyOf = (sequence: number, clock: number): number => (clock >= FIRST_OF_SEQUENCE && clock <= LAST_OF_SEQUENCE ? -(sequence * 128 + clock) : clock);

  const clockOf = (key: number, { lo, hi, multiplier, incremental }: Omit<Reading, 'clock'>): Clock => {
    let clock = clocks.get(key);
    if (!clock) clocks.set(key, (clock = { lo, hi, multiplier, incremental, now: 0, at: [], offset: [] }));
    return clock;
  };

  /** its own time, from its first reading */
  const own = (clock: Clock, lo: number, hi: number): number => ((hi - clock.hi) * HIGH + (lo - clock.lo)) * clock.multiplier;

  const timeNs: Clocks['timeNs'] = (sequence, id, lo, hi) => {
    line ??= id === 0 ? CLOCK.boottime : keyOf(sequence, id);
    const key = id === 0 ? line : keyOf(sequence, id);
    if (key === line) return own(clockOf(key, { lo, hi, multiplier: 1, incremental: false }), lo, hi);
    const clock = clocks.get(key);
    if (!clock || clock.at.length === 0) return Number.NaN;
    if (clock.incremental) {
      clock.now += (hi * HIGH + lo) * clock.multiplier;
      return clock.now + clock.offset[0];
    }
    const time = own(clock, lo, hi);
    return time + clock.offset[lastBefore(clock.at, time)];
  };

  return {
    timeNs,
    snapshot(cursor, end, sequence) {
      const { primary, readings } = readSnapshot(cursor, end);
      line ??= (readings.find(({ clock }) => clock === primary) ?? readings.find(({ clock }) => clock < FIRST_OF_SEQUENCE))?.clock;
      const known = readings.find(({ clock }) => clock === line) ?? readings.find(({ clock }) => clocks.get(keyOf(sequence, clock))?.incremental === false);
      if (!known) return;
      const nowNs = timeNs(sequence, known.clock, known.lo, known.hi);
      if (Number.isNaN(nowNs)) return;
      for (const reading of readings) {
        const key = keyOf(sequence, reading.clock);
        if (key === line) continue;
        const clock = clockOf(key, reading);
        clock.multiplier = reading.multiplier;
        clock.incremental = reading.incremental;
        if (reading.incremental) Object.assign(clock, { now: 0, at: [0], offset: [nowNs] });
        else addSnapshot(clock, own(clock, reading.lo, reading.hi), nowNs);
      }
      const realtime = readings.find(({ clock }) => clock === CLOCK.realtime);
      if (realtime && known.clock === line) epochOffsetNs ??= whole(realtime.lo, realtime.hi) - whole(known.lo, known.hi);
    },
    baseNs() {
      const clock = line === undefined ? undefined : clocks.get(line);
      return clock ? whole(clock.lo, clock.hi) : 0n;
    },
    epochOffsetNs: () => (line === CLOCK.realtime ? 0n : epochOffsetNs),
  };
}

/** Snapshots of a clock come in its order but for a clock that was set back; those are ordered here. */
function addSnapshot({ at, offset }: Clock, time: number, lineNs: number): void {
  const place = at.length === 0 || at[at.length - 1] <= time ? at.length : lastBefore(at, time) + (at[0] <= time ? 1 : 0);
  at.splice(place, 0, time);
  offset.splice(place, 0, lineNs - time);
}

/** Index of the last value that is not above `time`; 0 when all are. */
function lastBefore(values: number[], time: number): number {
  let from = 0;
  for (let to = values.length - 1; from < to; ) {
    const middle = (from + to + 1) >> 1;
    if (values[middle] <= time) from = middle;
    else to = middle - 1;
  }
  return from;
}

function whole(lo: number, hi: number): bigint {
  return (BigInt(hi) << 32n) | BigInt(lo);
}

function readSnapshot(cursor: Cursor, end: number): { primary: number; readings: Reading[] } {
  let primary: number = CLOCK.boottime;
  const readings: Reading[] = [];
  while (cursor.next(end)) {
    if (cursor.field === 1) readings.push(readReading(cursor, cursor.open(end)));
    else if (cursor.field === 2) primary = cursor.uint();
    else cursor.skip(end);
  }
  return { primary, readings };
}

function readReading(cursor: Cursor, end: number): Reading {
  const reading: Reading = { clock: 0, lo: 0, hi: 0, multiplier: 1, incremental: false };
  while (cursor.next(end)) {
    if (cursor.field === 1) reading.clock = cursor.uint();
    else if (cursor.field === 2) {
      cursor.varint();
      reading.lo = cursor.lo;
      reading.hi = cursor.hi;
    } else if (cursor.field === 3) reading.incremental = cursor.bool();
    else if (cursor.field === 4) reading.multiplier = cursor.uint() || 1;
    else cursor.skip(end);
  }
  return reading;
}
