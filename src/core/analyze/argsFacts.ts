/** What the reports need from the args of records: which records to read, and what was found in them. */

import { KERNEL_CATEGORIES } from '../../shared/protocol.js';
import { sortByStart } from '../trace/sort.js';
import { NONE, type Trace } from '../trace/trace.js';
import { ancestorsOf } from '../trace/walk.js';
import { addUpwards, type CallTree, indexIn } from './callTree.js';
import { collectiveOf, type Message, messageOf } from './collectives.js';
import { type Cost, modelFor } from './costModel.js';
import type { GpuIndex } from './gpu.js';
import type { MemorySample } from './memory.js';
import type { CallDetails } from './operators.js';
import type { ModelledCalls } from './roofline.js';
import { type Args, argsOf, memoryEvent, messageArgs, opShapes, shapesText } from './shapes.js';

export interface ArgsFacts {
  calls: CallDetails;
  modelled: ModelledCalls;
  /** in time order */
  memory: MemorySample[];
  /** by slice of a communication kernel */
  messages: ReadonlyMap<number, Message>;
}

export interface ArgsReading {
  /** slices whose records are wanted, in the order in which these lie in the file */
  slices: Uint32Array;
  /** where they begin */
  offsets: Float64Array;
  take(slice: number, record: string): void;
  finish(): ArgsFacts;
}

/** Operators, `[memory]` events and communication kernels. */
export function readArgs(trace: Trace, gpu: GpuIndex, calls: CallTree): ArgsReading {
  const { slices, strings } = trace;
  const memoryName = nameId(trace, '[memory]');
  const shape = new Uint32Array(calls.count);
  const shapeIds = new Map([['', 0]]);
  const flops = new Float64Array(calls.count);
  const cpu = new Float64Array(calls.count);
  const device = new Float64Array(calls.count);
  const costs = new Map<number, { shapes: string; cost: Cost }>();
  const memory: MemorySample[] = [];
  const messages = new Map<number, Message>();
  const models = new Map<number, ReturnType<typeof modelFor>>();

  const takeMemory = (slice: number, args: Args): void => {
    const event = memoryEvent(args);
    if (event === undefined) return;
    memory.push({ ...event, timeNs: slices.startNs[slice] });
    for (const around of ancestorsOf(trace, slice).reverse()) {
      const call = indexIn(calls, around);
      if (call === NONE) continue;
      (event.onDevice ? device : cpu)[call] += event.bytes;
      return;
    }
  };

  const takeOperator = (slice: number, args: Args): void => {
    const call = indexIn(calls, slice);
    const shapes = opShapes(args);
    if (call === NONE || shapes === undefined) return;
    const text = shapesText(shapes);
    const id = shapeIds.get(text) ?? shapeIds.size;
    shapeIds.set(text, id);
    shape[call] = id;
    const name = slices.name[slice];
    if (!models.has(name)) models.set(name, modelFor(strings.get(name)));
    const cost = models.get(name)?.(shapes);
    if (cost === undefined) return;
    flops[call] = cost.flops;
    costs.set(call, { shapes: text, cost });
  };

  return {
    ...inFileOrder(trace, wantedSlices(trace, gpu, calls, memoryName)),
    take(slice, record) {
      // Most operators were recorded without shapes: to look for their name costs a tenth of taking the record apart.
      if (slice >= trace.gpu.count && slices.name[slice] !== memoryName && !record.includes('"Input ')) return;
      const args = argsOf(record);
      if (args === undefined) return;
      if (slice < trace.gpu.count) {
        const message = messageArgs(args);
        // RCCL runs all its collectives with one kernel.
        const named = typeof args['Collective name'] === 'string' ? args['Collective name'] : strings.get(slices.name[slice]);
        const known = message && messageOf(collectiveOf(named), message);
        if (known) messages.set(slice, known);
      } else if (slices.name[slice] === memoryName) takeMemory(slice, args);
      else takeOperator(slice, args);
    },
    finish: () => ({
      calls: {
        shape,
        shapes: [...shapeIds.keys()],
        flops,
        memory: memory.length > 0 ? { cpu: addUpwards(calls, cpu), device: addUpwards(calls, device) } : undefined,
      },
      modelled: { costs, shapesRecorded: shapeIds.size > 1 },
      memory: memory.sort((a, b) => a.timeNs - b.timeNs),
      messages,
    }),
  };
}

function nameId({ strings }: Trace, text: string): number {
  for (let id = 0; id < strings.count; id++) if (strings.get(id) === text) return id;
  return NONE;
}

function wantedSlices({ slices, categories, gpu: { count } }: Trace, gpu: GpuIndex, calls: CallTree, memoryName: number): Uint32Array {
  const isOp = categories.map(({ kind }) => kind === 'op');
  const communication = KERNEL_CATEGORIES.indexOf('communication');
  const kernels = gpu.kernels.filter((kernel) => gpu.category[kernel] === communication);
  const operators = calls.slice.filter((slice) => isOp[slices.category[slice]]);
  const events: number[] = [];
  for (let slice = count; memoryName !== NONE && slice < slices.count; slice++) if (slices.name[slice] === memoryName) events.push(slice);
  const wanted = new Uint32Array(kernels.length + operators.length + events.length);
  wanted.set(kernels);
  wanted.set(operators, kernels.length);
  wanted.set(events, kernels.length + operators.length);
  return wanted;
}

function inFileOrder({ slices: { recordLow, recordHigh } }: Trace, slices: Uint32Array): { slices: Uint32Array; offsets: Float64Array } {
  const offsets = Float64Array.from(slices, (slice) => recordHigh[slice] * 2 ** 32 + recordLow[slice]);
  sortByStart(slices, offsets, new Float64Array(slices.length));
  return { slices, offsets };
}
