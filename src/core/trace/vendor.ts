/** Whose GPUs a recording is of. */
import { NONE, type Trace } from './trace.js';

export type Vendor = 'nvidia' | 'amd';

/** Whose GPUs: as the devices are called, else as the runtime's calls are. */
export function vendorOf({ meta: { devices }, gpu, slices, strings }: Trace): Vendor | undefined {
  const names = devices.map(({ name }) => name).join();
  if (/NVIDIA|Tesla|GeForce/.test(names)) return 'nvidia';
  if (/AMD|Instinct|Radeon/.test(names)) return 'amd';
  const launch = gpu.launch.find((call) => call !== NONE);
  const call = launch === undefined ? '' : strings.get(slices.name[launch]);
  return /^hip/.test(call) ? 'amd' : /^cu/.test(call) ? 'nvidia' : undefined;
}
