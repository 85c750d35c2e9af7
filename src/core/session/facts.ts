/** What CUPTI and roctracer say of one kernel, read from the arguments of its record. */
import type { KernelFacts } from '../../shared/protocol.js';

interface Argument {
  key: string;
  /** JSON */
  text: string;
}

/** Facts of a kernel by the names that Kineto gives them; what is not recorded, or no number, stays undefined. */
export function kernelFacts(args: readonly Argument[]): KernelFacts {
  const value = (key: string): unknown => parsed(args.find((argument) => argument.key === key)?.text);
  const number = (key: string): number | undefined => asNumber(value(key));
  return {
    grid: asTriple(value('grid')),
    block: asTriple(value('block')),
    registersPerThread: number('registers per thread'),
    sharedMemoryBytes: number('shared memory'),
    blocksPerSm: number('blocks per SM'),
    warpsPerSm: number('warps per SM'),
    occupancyPercent: number('est. achieved occupancy %'),
  };
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Kineto writes a bare NaN or Infinity for what it could not compute.
    return undefined;
  }
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function asTriple(value: unknown): [number, number, number] | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [x, y, z] = value.map(asNumber);
  return x === undefined || y === undefined || z === undefined ? undefined : [x, y, z];
}
