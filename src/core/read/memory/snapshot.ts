/**
 * What `torch.cuda.memory._dump_snapshot()` writes: {segments: [{blocks: [...]}], device_traces: [[action, ...], ...], ...}, a list of
 * actions for each device (torch/cuda/memory.py and torch/csrc/cuda/memory_snapshot.cpp). Times are µs since 1970, frames innermost first.
 */

import type { Pickled } from '../pickle/pickle.js';
import { notATrace } from '../sniff.js';

/** Two addresses are the same when they are equal; 64-bit ones are bigint. */
export type Address = number | bigint;

/** Frames as the file has them; the same stack is often the same object. */
export type Stack = readonly Pickled[];

export interface Action {
  kind: string;
  address: Address;
  bytes: number;
  timeUs?: number;
  stack: Stack;
  /** of an 'oom' */
  deviceFreeBytes?: number;
}

export interface Block {
  address: Address;
  bytes: number;
  requestedBytes: number;
  state: 'allocated' | 'pending' | 'free';
  stack: Stack;
}

export interface Segment {
  device: number;
  address: Address;
  bytes: number;
  stream: string;
  type: string;
  /** '' for the pool that everything shares */
  privatePool: string;
  expandable: boolean;
  blocks: Block[];
}

/** A range that the program marked (record_function) while memory was recorded. */
export interface Annotation {
  name: string;
  device: number;
  isStart: boolean;
  timeUs: number;
}

export interface Snapshot {
  segments: Segment[];
  /** by device */
  actions: Action[][];
  annotations: Annotation[];
  settings: { key: string; value: string }[];
}

/** Throws NotATrace where the value is no snapshot. */
export function snapshotOf(value: Pickled): Snapshot {
  const segments = listOf(member(value, 'segments'));
  const traces = listOf(member(value, 'device_traces'));
  if (!segments || !traces) throw notATrace('a Python pickle that is no PyTorch memory snapshot: it has no segments and device_traces');
  return {
    segments: segments.map(segmentOf),
    actions: traces.map((trace, device) => required(listOf(trace), `device_traces[${device}]`).map(actionOf)),
    annotations: (listOf(member(value, 'external_annotations')) ?? []).map(annotationOf),
    settings: settingsOf(member(value, 'allocator_settings')),
  };
}

function segmentOf(value: Pickled): Segment {
  const pool = (listOf(member(value, 'segment_pool_id')) ?? []).map(String);
  const address = addressOf(member(value, 'address'), 'the address of a segment');
  const blocks = blocksOf(required(listOf(member(value, 'blocks')), 'the blocks of a segment'), address);
  // The allocator adds up the blocks when it writes the size.
  const sum = blocks.reduce((total, block) => total + block.bytes, 0);
  const size = member(value, 'total_size');
  return {
    device: bytesOf(member(value, 'device'), 'the device of a segment'),
    address,
    bytes: required(size === sum ? sum : undefined, 'the size of a segment'),
    stream: String(member(value, 'stream') ?? ''),
    type: textOf(member(value, 'segment_type')),
    privatePool: pool.every((part) => part === '0') ? '' : pool.join('.'),
    expandable: member(value, 'is_expandable') === true,
    blocks,
  };
}

/** Blocks lie one behind the other; older versions of torch write no address. */
function blocksOf(blocks: readonly Pickled[], start: Address): Block[] {
  let next = start;
  return blocks.map((value) => {
    const bytes = bytesOf(member(value, 'size'), 'the size of a block');
    const address = member(value, 'address') === undefined ? next : addressOf(member(value, 'address'), 'the address of a block');
    next = typeof address === 'bigint' ? address + BigInt(bytes) : address + bytes;
    const requested = member(value, 'requested_size');
    const state = stateOf(textOf(member(value, 'state')));
    const requestedBytes = requested === undefined || state === 'free' ? bytes : bytesOf(requested, 'the requested size of a block');
    return { address, bytes, requestedBytes, state, stack: stackOf(value) };
  });
}

const STATES: Readonly<Record<string, Block['state']>> = {
  active_allocated: 'allocated',
  active_pending_free: 'pending',
  active_awaiting_free: 'pending',
  inactive: 'free',
};

function stateOf(state: string): Block['state'] {
  const known = Object.hasOwn(STATES, state) ? STATES[state] : undefined;
  return required(known, 'the state of a block');
}

function actionOf(value: Pickled): Action {
  const kind = required(textOf(member(value, 'action')) || undefined, 'an action');
  const free = member(value, 'device_free');
  const time = member(value, 'time_us');
  return {
    kind,
    address: addressOf(member(value, 'addr') ?? 0, 'the address of an action'),
    bytes: bytesOf(member(value, 'size') ?? 0, 'the size of an action'),
    timeUs: time === undefined ? undefined : bytesOf(time, 'the time of an action'),
    stack: stackOf(value),
    deviceFreeBytes: free === undefined ? undefined : bytesOf(free, 'the free memory of a device'),
  };
}

function annotationOf(value: Pickled): Annotation {
  return {
    name: textOf(member(value, 'name')),
    device: bytesOf(member(value, 'device'), 'the device of an annotation'),
    isStart: member(value, 'stage') === 'START',
    timeUs: bytesOf(member(value, 'time_us'), 'the time of an annotation'),
  };
}

function stackOf(value: Pickled): Stack {
  return listOf(member(value, 'frames')) ?? [];
}

function settingsOf(value: Pickled | undefined): Snapshot['settings'] {
  if (!(value instanceof Map)) return [];
  return [...value].flatMap(([key, setting]) =>
    typeof key === 'string' && (setting === null || typeof setting !== 'object') ? [{ key, value: String(setting) }] : [],
  );
}

/** The member of a dict, undefined where it has none or is no dict. */
export function member(value: Pickled, key: string): Pickled | undefined {
  return value instanceof Map ? value.get(key) : undefined;
}

function listOf(value: Pickled | undefined): Pickled[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

export function textOf(value: Pickled | undefined): string {
  return typeof value === 'string' ? value : '';
}

function bytesOf(value: Pickled | undefined, what: string): number {
  return required(typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined, what);
}

function addressOf(value: Pickled | undefined, what: string): Address {
  return required(typeof value === 'number' || typeof value === 'bigint' ? value : undefined, what);
}

/** A snapshot that is damaged in one place is not shown as if it were whole. */
function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw notATrace(`a PyTorch memory snapshot that is damaged, or of an unknown version: ${what} is not what PyTorch writes`);
  return value;
}
