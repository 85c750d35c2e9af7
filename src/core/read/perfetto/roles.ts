/**
 * Annotations that say more than a value to look at, by the names that writers give them: rocprofv3 (generatePerfetto.cpp of
 * rocprofiler-sdk), rocprof-sys, the exporter of AWS Neuron.
 */
export const ROLES = ['correlation', 'bytes', 'device', 'stream', 'model'] as const;
export type Role = (typeof ROLES)[number];

const NAMES: Readonly<Record<string, Role>> = {
  corr_id: 'correlation',
  correlation: 'correlation',
  correlation_id: 'correlation',
  exec_id: 'correlation',
  copy_bytes: 'bytes',
  bytes: 'bytes',
  agent: 'device',
  dst_agent: 'device',
  device: 'device',
  nc_idx: 'device',
  lnc_idx: 'device',
  queue: 'stream',
  stream_ID: 'stream',
  stream_id: 'stream',
  model_name: 'model',
};
const LONGEST = Math.max(...Object.keys(NAMES).map(({ length }) => length));

/** Names as bytes, by their length. */
const BY_LENGTH = Array.from({ length: LONGEST + 1 }, (_, length) =>
  Object.keys(NAMES)
    .filter((name) => name.length === length)
    .map((name) => ({ bytes: new TextEncoder().encode(name), role: NAMES[name] })),
);

/** The role of an annotation whose name lies at `from` … `to` − 1. */
export function roleOf(bytes: Uint8Array, from: number, to: number): Role | undefined {
  return BY_LENGTH[to - from]?.find((name) => name.bytes.every((byte, i) => bytes[from + i] === byte))?.role;
}
