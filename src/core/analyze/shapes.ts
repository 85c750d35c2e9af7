/**
 * What the args of records tell: shapes of operators, `[memory]` events, messages of collectives. Names as Kineto's
 * output_json.cpp and PyTorch's profiler write them (torch/csrc/autograd/profiler_kineto.cpp, ParamCommsUtils.hpp).
 */

import type { MessageArgs } from './collectives.js';

/** A type of numbers as people call it. */
export interface NumberType {
  name: string;
  bytes: number;
}

export type Args = Readonly<Record<string, unknown>>;

export interface OpShapes {
  /** of each input; [] for what is no tensor */
  dims: number[][];
  /** C++ names of their types, '' where there is none */
  types: string[];
  /** values of scalars as text */
  concrete: string[];
}

export interface MemoryEvent {
  /** allocated; negative when freed */
  bytes: number;
  allocatedBytes?: number;
  reservedBytes?: number;
  onDevice: boolean;
  /** "CPU", "GPU 0" */
  device: string;
}

/** The args of a record's JSON text; undefined where that cannot be read. */
export function argsOf(text: string): Args | undefined {
  const record = parsed(text);
  return isObject(record) && isObject(record.args) ? record.args : undefined;
}

/** Kineto writes NaN and infinities as C++ prints them, which is no JSON. */
const STRING_OR_NO_NUMBER = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|nan|Infinity|inf)\b/g;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(text.replace(STRING_OR_NO_NUMBER, (found) => (found.startsWith('"') ? found : 'null')));
    } catch {
      return undefined;
    }
  }
}

/** Shapes of an operator's inputs; undefined when the profiler did not record them. */
export function opShapes(args: Args): OpShapes | undefined {
  const dims = args['Input Dims'] ?? args['Input dims'];
  if (!Array.isArray(dims)) return undefined;
  return {
    dims: dims.map((one: unknown) => (Array.isArray(one) && one.every(isSize) ? one : [])),
    types: texts(args['Input type']),
    concrete: texts(args['Concrete Inputs']),
  };
}

/** "[16, 559, 1024], [1024, 1024], []": what tells calls of one operator apart. */
export function shapesText({ dims }: OpShapes): string {
  return dims.map((sizes) => `[${sizes.join(', ')}]`).join(', ');
}

/** A `[memory]` event; undefined where its numbers make no sense. */
export function memoryEvent(args: Args): MemoryEvent | undefined {
  const bytes = args.Bytes;
  if (!isNumber(bytes)) return undefined;
  // c10::DeviceType: 0 is the CPU, 1 CUDA, 6 HIP.
  const onDevice = args['Device Type'] !== 0;
  const id = args['Device Id'];
  return {
    bytes,
    allocatedBytes: sizeOf(args['Total Allocated']),
    reservedBytes: sizeOf(args['Total Reserved']),
    onDevice,
    device: onDevice ? `GPU ${isNumber(id) && id >= 0 ? id : 0}` : 'CPU',
  };
}

/** The message of a collective; undefined where its kernel does not tell. */
export function messageArgs(args: Args): MessageArgs | undefined {
  const inElements = sizeOf(args['In msg nelems']);
  const outElements = sizeOf(args['Out msg nelems']);
  const groupSize = sizeOf(args['Group size']);
  if (inElements === undefined || outElements === undefined || groupSize === undefined || typeof args.dtype !== 'string') return undefined;
  return { inElements, outElements, dtype: args.dtype, groupSize };
}

const NUMBER_TYPES: Readonly<Record<string, NumberType>> = {
  double: { name: 'fp64', bytes: 8 },
  float: { name: 'fp32', bytes: 4 },
  bfloat16: { name: 'bf16', bytes: 2 },
  half: { name: 'fp16', bytes: 2 },
  'long int': { name: 'int64', bytes: 8 },
  int: { name: 'int32', bytes: 4 },
  'short int': { name: 'int16', bytes: 2 },
  'signed char': { name: 'int8', bytes: 1 },
  'unsigned char': { name: 'uint8', bytes: 1 },
  bool: { name: 'bool', bytes: 1 },
};

/** Of a C++ name like "c10::BFloat16"; undefined for what is no type of numbers. */
export function numberType(text: string): NumberType | undefined {
  const plain = text.replace(/^(?:c10|at)::/, '').toLowerCase();
  if (plain.startsWith('float8')) return { name: 'fp8', bytes: 1 };
  return Object.hasOwn(NUMBER_TYPES, plain) ? NUMBER_TYPES[plain] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isSize(value: unknown): value is number {
  return isNumber(value) && value >= 0;
}

function sizeOf(value: unknown): number | undefined {
  return isSize(value) ? value : undefined;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map((one: unknown) => (typeof one === 'string' ? one : '')) : [];
}
