/**
 * The full report of a trace after it was read: of a recording of 45 MB, and of one scaled up, by millions of events.
 * Run: node --expose-gc --import tsx test/bench/report.ts [--all]   (--all: also 1 GB)
 */
import { PassThrough } from 'node:stream';
import { openPath } from '../../src/cli/open.js';
import { tracePath } from '../traces.js';
import { scaled } from './scale.js';

const RECORDED = 'nvidia-vllm-h100-tp4-1000isl-10osl-32con.pt.trace.json.gz';
const REPEATS = 3;
const RECORDED_GOAL_MS = 1000;
/** 10 M events in 20 s. */
const GOAL_S_PER_MILLION = 2;

interface Measured {
  events: number;
  openMs: number;
  reportMs: number;
}

/** CPU time of the process in ms: what other processes do hardly changes it. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function measure(path: string): Promise<Measured> {
  globalThis.gc?.();
  let before = cpuMs();
  const { session, info, close } = await openPath(path, new PassThrough());
  const openMs = cpuMs() - before;
  before = cpuMs();
  await session.analysis();
  const reportMs = cpuMs() - before;
  await close();
  return { events: info.events, reportMs, openMs };
}

async function best(path: string, repeats: number): Promise<Measured> {
  let least = await measure(path);
  for (let repeat = 1; repeat < repeats; repeat++) {
    const next = await measure(path);
    if (next.reportMs < least.reportMs) least = next;
  }
  return least;
}

function row(what: string, measured: string, against: string, ratio: string, goal: string): void {
  console.log([what, measured, against, ratio, goal].join(' | '));
}

const against = ({ openMs, reportMs }: Measured): [string, string] => [`opening it ${(openMs / 1000).toFixed(2)} s`, `${(reportMs / openMs).toFixed(2)}x`];

const recorded = await best(tracePath(RECORDED), REPEATS);
row('full report of 45 MB', `${recorded.reportMs.toFixed(0)} ms CPU`, ...against(recorded), `${RECORDED_GOAL_MS} ms`);

for (const megabytes of process.argv.includes('--all') ? [300, 1000] : [300]) {
  const big = await best((await scaled(megabytes)).gz, 1);
  const millions = big.events / 1e6;
  const seconds = big.reportMs / 1000;
  row(
    `full report of ${megabytes} MB, ${millions.toFixed(2)} M events`,
    `${seconds.toFixed(2)} s CPU, ${(seconds / millions).toFixed(2)} s per M events`,
    ...against(big),
    `${(GOAL_S_PER_MILLION * millions).toFixed(1)} s, ${GOAL_S_PER_MILLION} s per M events`,
  );
}
