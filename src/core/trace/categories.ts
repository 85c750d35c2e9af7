/**
 * What the categories of profilers mean. Names as in Kineto's ActivityType.cpp, today's and those of 2021
 * ("Kernel", "Operator", "Runtime"), with the prefixes of every backend: cuda, hip, xpu, mtia, privateuse1, glow. And those of
 * ROCm's own profilers: hip_api, hsa_api, marker_api, kernel_dispatch, memory_copy. Ranges of NVTX may name their domain ("nvtx NCCL").
 */
import type { SliceKind } from '../../shared/protocol.js';
import type { TrackKey } from './builder.js';

const KINDS: [RegExp, SliceKind][] = [
  [/^(\w+_)?kernel(_dispatch)?$/, 'kernel'],
  [/^(\w+_)?mem(cpy|ory_copy)$/, 'memcpy'],
  [/^(\w+_)?memset$/, 'memset'],
  [/^\w+_user_annotation$/, 'gpuAnnotation'],
  [/^(operator|\w+_op)$/, 'op'],
  [/^(\w+_)?(runtime|driver)$|^(\w+_)?(hip|hsa|rccl|rocdecode|rocjpeg)_(\w+_)?api$/, 'launch'],
  [/^python(_function)?$/, 'python'],
  [/^user_annotation$|^nvtx( .*)?$|^(\w+_)?marker_(\w+_)?api$/, 'annotation'],
  [/^overhead$/, 'overhead'],
];

/** Lies on a device without being work: waits, events, and what MTIA's command processor reports. */
const ON_DEVICE = /^\w+_(sync|event|user_annotation)$|^mtia_(ccp_events|insight)$/;
const ON_CPU = /^cpu_/;

/** Kind of a recorded category, whatever its case. */
export function kindOf(text: string): SliceKind {
  const lower = text.toLowerCase();
  return KINDS.find(([pattern]) => pattern.test(lower))?.[1] ?? 'other';
}

/** Whether slices of this kind are work of a GPU: what `Trace.gpu` holds. */
export function isGpuWork(kind: SliceKind): boolean {
  return kind === 'kernel' || kind === 'memcpy' || kind === 'memset';
}

/** Where slices of a recorded category lie. */
export function domainOf(text: string): Exclude<TrackKey['domain'], 'async'> {
  const lower = text.toLowerCase();
  if (isGpuWork(kindOf(lower))) return 'gpu';
  return ON_DEVICE.test(lower) && !ON_CPU.test(lower) ? 'gpuAnnotation' : 'cpu';
}
