// The trace that the end-to-end tests open, and what is true of it, told by JSON.parse and nothing of ours.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { realTrace } from './workbench.mjs';

/** Kernel names by their total time: [{ name, count, totalUs }]. */
export function kernelsOf(file) {
  const byName = new Map();
  for (const event of JSON.parse(gunzipSync(readFileSync(file)).toString()).traceEvents) {
    if (event.cat !== 'kernel') continue;
    const sum = byName.get(event.name) ?? { name: event.name, count: 0, totalUs: 0 };
    sum.count++;
    sum.totalUs += event.dur;
    byName.set(event.name, sum);
  }
  return [...byName.values()].sort((a, b) => b.totalUs - a.totalUs);
}

/** Real traces of the same workload on two machines: [name in the test folder, file]. */
const recorded = {
  h100: ['llama-h100-rank0.pt.trace.json.gz', realTrace('nvidia-vllm-h100-tp4-1000isl-10osl-32con.pt.trace.json.gz')],
  mi300x: ['llama-mi300x-rank0.pt.trace.json.gz', realTrace('amd-vllm-mi300x-tp4-1000isl-10osl-32con.pt.trace.json.gz')],
};

/** Files to copy beside the sample. */
export const copies = Object.fromEntries(Object.values(recorded).filter(([, file]) => file));

/** The subject called `name`, or undefined where the real traces are not. */
export function subject(name) {
  const [copy, file] = recorded[name];
  return file && { name, copy, file, steps: 10, decodeStep: 'decode #3' };
}
