/** Reads the `system_profile.json` that neuron-explorer writes: events in ns since 1970. */
import { createBuilder, type TraceBuilder } from '../../trace/builder.js';
import { NONE, type Trace } from '../../trace/trace.js';
import type { ByteFile } from '../bytes.js';
import type { Compression } from '../compression.js';
import { damageOfFile } from '../damage.js';
import { INFLATE } from '../input.js';
import { createSmallNumbers } from '../names.js';
import { membersOf, valueText } from '../record.js';
import type { Records } from '../records.js';
import { createClock } from '../rocprof/clock.js';
import { eachPiece, jsonRecords, type Watch } from '../rocprof/read.js';
import { walkJson } from '../rocprof/walkJson.js';
import { NotATrace } from '../sniff.js';
import { executionName, modelsText, type NeuronModel, neuronKind, rankOf, readNeuronModel } from './names.js';

/** Paths of an event: member of the object, or element of a bare list. */
const EVENT_PATH = /^(?:\.trace_events?)?\[\]$/;

export async function readNeuron(file: ByteFile, compression: Compression, { askStop }: Watch): Promise<{ trace: Trace; records: Records }> {
  const builder = createBuilder();
  const clock = createClock();
  const models = new Map<string, NeuronModel>();
  const take = eventTaker(builder, clock.ns, models);
  let events = 0;
  const walker = walkJson(
    (path) => EVENT_PATH.test(path),
    (_, text, offset) => {
      events++;
      take(new Map(membersOf(text).map((member) => [member.key, valueText(member.text)])), offset);
    },
  );
  const ending = await eachPiece(
    file,
    compression,
    walker.push,
    askStop(() => events),
  );
  if (events === 0 && ending.stopped === undefined)
    throw new NotATrace('Nothing was recorded', `${file.name} is a system profile of AWS Neuron without events.`);
  const endsEarly = ending.input === INFLATE.finished && !walker.isWhole();
  const broken = endsEarly ? `The file ends early, at byte ${ending.textBytes} of the JSON` : undefined;
  const text = modelsText([...models.values()]);
  const trace = builder.finish(
    {
      format: 'Neuron JSON',
      producer: 'AWS Neuron',
      devices: [],
      rank: rankOf([...models.values()]),
      facts: text === '' ? [] : [{ key: 'models', value: text }],
      events,
      textBytes: ending.textBytes,
      damage: damageOfFile(file, compression, { ...ending, broken }, events),
    },
    { baseNs: clock.baseNs(), epochOffsetNs: 0n },
  );
  return { trace, records: jsonRecords(file, compression) };
}

/** Pushes events: what runs on a NeuronCore to the core, calls to the thread of their worker. */
function eventTaker(builder: TraceBuilder, ns: (time: unknown) => number, models: Map<string, NeuronModel>) {
  const executions = createSmallNumbers();

  const coreOf = (get: (key: string) => string, core: string): number => {
    const stream = get('group') || `worker ${get('worker_gid')}`;
    const track = builder.track({ process: core, thread: stream, domain: 'gpu' });
    builder.gpuTrack(track, core, stream);
    builder.threadName(core, stream, stream);
    builder.processLabel(core, `NC ${core}`);
    return track;
  };

  const threadOf = (get: (key: string) => string, core: string): number => {
    const process = get('process_id');
    const thread = get('thread_id');
    const worker = get('worker_gid');
    const place = [...(worker === '' ? [] : [`worker ${worker}`]), ...(core === '' ? [] : [`nc ${core}`])];
    const key = [...place, thread].join(' · ');
    if (get('instance_id') !== '') builder.processName(process, get('instance_id'));
    return builder.track({ process, thread: key, domain: 'cpu' });
  };

  return (event: Map<string, string>, offset: number): void => {
    const get = (key: string): string => event.get(key) ?? '';
    const name = get('name');
    const kind = neuronKind(name);
    const model = kind === undefined ? undefined : readNeuronModel(get('model_name'));
    if (model) models.set(get('model_name'), model);
    const core = get('lnc_idx') || get('nc_idx');
    const category = builder.category(get('type'), model && kind === 'launch' ? 'annotation' : kind);
    const track = builder.domain(category) === 'gpu' ? coreOf(get, core || '0') : threadOf(get, core);
    const execution = /^\d+$/.test(get('exec_id')) ? executions(Number(get('exec_id'))) : NONE;
    const called = builder.string(model ? executionName(name, model) : name);
    builder.slice(track, called, category, ns(get('timestamp')), Number(get('duration') || 0), execution, NONE, 0, Number(get('size')) || 0, offset);
  };
}
