/** What every verb's JSON says of its trace; documented in docs/cli.md. */
import type { Opened } from './open.js';

export const SCHEMA = 1;

export function traceJson({ path, info }: Opened) {
  return {
    path,
    format: info.format,
    events: info.events,
    durationNs: info.durationNs,
    rank: info.rank ?? null,
    worldSize: info.worldSize ?? null,
    devices: info.devices,
    problems: info.problems,
    damage: info.damage ?? null,
    emptyReason: info.emptyReason ?? null,
  };
}

/** One document for one trace, an array of them for several. */
export function documents(all: readonly object[]): string[] {
  return JSON.stringify(all.length === 1 ? all[0] : all, null, 2).split('\n');
}
