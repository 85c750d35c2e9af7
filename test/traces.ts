/** The real traces, which lie beside the repository, and what an independent program computed from them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';

const FOLDER = resolve(process.env.KERNEL_LENS_TRACES ?? join(import.meta.dirname, '../../shared/traces'));

const Times = v.object({ name: v.string(), count: v.number(), total: v.number(), avg: v.number(), min: v.number(), max: v.number() });
const Stats = v.object({
  count: v.number(),
  min: v.optional(v.number()),
  mean: v.optional(v.number()),
  p50: v.optional(v.number()),
  max: v.optional(v.number()),
});
const Step = v.object({ name: v.string(), ts: v.number(), dur: v.number() });

/** All times in µs, three decimals. Definitions stand at the head of reference.py. */
const Oracle = v.object({
  events: v.number(),
  ph: v.record(v.string(), v.number()),
  cats: v.record(v.string(), v.number()),
  trace_window_len: v.nullable(v.number()),
  kernel_count: v.number(),
  kernel_time_sum: v.number(),
  unique_kernel_names: v.number(),
  gpu: v.record(
    v.string(),
    v.object({
      kernels: v.number(),
      copies_and_sets: v.number(),
      kernel_busy: v.number(),
      gpu_busy: v.number(),
      streams: v.record(v.string(), v.object({ kernels: v.number(), busy: v.number() })),
    }),
  ),
  kernels: v.array(Times),
  copies: v.array(Times),
  launch_delay: v.object({ direct: Stats, graph: Stats, unlinked_kernels: v.number(), graph_launches_with_kernels: v.number() }),
  steps: v.object({ cpu_count: v.number(), gpu_count: v.number(), cpu: v.array(Step) }),
});
export type Oracle = v.InferOutput<typeof Oracle>;

/** A trace file with its figures. */
export interface RealTrace {
  name: string;
  path: string;
  oracle(): Oracle;
}

/** Path of a real trace; whether it exists is for the caller to ask. */
export function tracePath(name: string): string {
  return join(FOLDER, name);
}

/** Every Chrome or Kineto JSON trace of the folder; empty when the folder is missing. */
export function chromeTraces(): RealTrace[] {
  const reference = join(FOLDER, 'reference');
  if (!existsSync(reference)) return [];
  return readdirSync(reference)
    .filter((file) => readFileSync(join(reference, file), 'utf8').slice(0, 400).includes('"format": "chrome-json"'))
    .map((file) => ({ name: file.slice(0, -'.json'.length), file }))
    .filter(({ name }) => /\.json(\.gz)?$/.test(name) && existsSync(tracePath(name)))
    .map(({ name, file }) => ({ name, path: tracePath(name), oracle: () => v.parse(Oracle, JSON.parse(readFileSync(join(reference, file), 'utf8'))) }));
}

/** For a test's `skip` option: false when the traces are there, else the reason with the number of tests that do not run. */
export function missingTraces(tests: number): string | false {
  return chromeTraces().length > 0 ? false : `${tests} tests on real traces did not run: ${FOLDER} does not exist (set KERNEL_LENS_TRACES)`;
}
