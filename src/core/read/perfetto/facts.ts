/** What a Perfetto trace is, for people. */
import type { TraceMeta } from '../../trace/trace.js';
import { modelsText, rankOf } from '../neuron/names.js';
import type { PerfettoReader } from './reader.js';

/** Messages of a packet by field, as trace_packet.proto calls them: those that people have heard of. */
const PACKET_NAMES: Readonly<Record<number, string>> = {
  1: 'ftrace events',
  5: 'Chrome events',
  7: 'sys stats',
  9: 'process stats',
  33: 'trace config',
  34: 'ftrace stats',
  35: 'trace stats',
  37: 'heap profiles',
  39: 'Android log',
  51: 'Chrome metadata',
  52: 'GPU counters',
  53: 'GPU render stages',
  66: 'perf samples',
  69: 'service events',
};

/** What the recording holds besides track events: "66 service events, 3 of field 93"; '' when nothing. */
export function otherPackets(others: ReadonlyMap<number, number>): string {
  return [...others]
    .sort((a, b) => b[1] - a[1])
    .map(([field, count]) => `${count} ${PACKET_NAMES[field] ?? `of field ${field}`}`)
    .join(', ');
}

const ROCM = /^(?:\w+_)?(?:(?:hip|hsa|marker|rccl)_(?:\w+_)?api|kernel_dispatch|memory_copy)$/;

export function perfettoFacts(reader: PerfettoReader): Pick<TraceMeta, 'format' | 'producer' | 'devices' | 'rank' | 'facts'> {
  const { service, machine } = reader.system();
  const models = reader.vocabulary.models();
  const facts = [
    { key: 'models', value: modelsText(models) },
    { key: 'packets', value: String(reader.packets()) },
    { key: 'packets not shown', value: otherPackets(reader.others()) },
    { key: 'recorded by', value: service },
    { key: 'machine', value: machine },
  ];
  return {
    format: 'Perfetto protobuf',
    producer: reader.vocabulary.isNeuron()
      ? 'AWS Neuron'
      : reader.vocabulary.categoryTexts().some((text) => ROCM.test(text))
        ? 'ROCm profiler'
        : (service.split(' (')[0] ?? ''),
    devices: [],
    rank: rankOf(models),
    facts: facts.filter(({ value }) => value !== ''),
  };
}
