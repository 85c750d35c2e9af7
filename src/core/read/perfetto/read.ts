/** Reads a Perfetto trace: piece by piece, a packet at a time. */
import { createBuilder } from '../../trace/builder.js';
import type { Trace } from '../../trace/trace.js';
import type { ByteFile } from '../bytes.js';
import type { Compression } from '../compression.js';
import { countedEvents, damageOfFile, type Ending } from '../damage.js';
import { INFLATE } from '../input.js';
import type { AskStop } from '../pipeline.js';
import type { Records } from '../records.js';
import { unpack } from '../unpack.js';
import { otherPackets, perfettoFacts } from './facts.js';
import { createFraming } from './framing.js';
import { createPerfettoReader, type PerfettoReader } from './reader.js';
import { createPerfettoRecords } from './records.js';

/** What is told of a trace while it is read. */
export interface PerfettoWatch {
  /** gives what asks whether to stop, for a count of events */
  askStop(events: () => number): AskStop;
  ended(ending: Ending, events: number): Promise<void>;
}

const NUMBER = new Intl.NumberFormat('en-US');

/** `refuse` throws with what the file holds when that is no track events. */
export async function readPerfetto(
  file: ByteFile,
  compression: Compression,
  { askStop, ended }: PerfettoWatch,
  refuse: (says: string) => Error,
): Promise<{ trace: Trace; records: Records }> {
  const builder = createBuilder();
  const reader = createPerfettoReader(builder);
  const framing = createFraming(reader.take);
  const ask = askStop(reader.events);
  const ending: Ending = { taken: 0, input: INFLATE.running };
  let textBytes = 0;
  for await (const piece of unpack(file, compression)) {
    framing.push(piece.bytes);
    textBytes += piece.bytes.length;
    ending.taken = piece.taken;
    ending.input = piece.state;
    ending.stopped = await ask(piece.taken);
    if (ending.stopped !== undefined || framing.broken()) break;
  }
  if (framing.broken()) ending.broken = `The trace is damaged at byte ${NUMBER.format(framing.offset())}`;
  if (reader.events() === 0 && ending.stopped === undefined) throw refuse(withoutEvents(reader));
  await ended(ending, reader.events());
  reader.finish();
  const trace = builder.finish(
    {
      ...perfettoFacts(reader),
      events: reader.events(),
      textBytes,
      damage: damageOfFile(file, compression, ending, reader.events()) ?? endsInside(framing.pending(), framing.offset(), reader.events()),
    },
    { baseNs: reader.clocks.baseNs(), epochOffsetNs: reader.clocks.epochOffsetNs() },
  );
  const { dictionary, bundles } = reader;
  return { trace, records: createPerfettoRecords({ file, compression, dictionary, bundles }) };
}

function endsInside(pending: number, offset: number, events: number): string | undefined {
  const [count, were] = countedEvents(events);
  return pending > 0 ? `The file ends inside of a packet; the ${count} before byte ${NUMBER.format(offset)} ${were} read.` : undefined;
}

function withoutEvents(reader: PerfettoReader): string {
  const others = otherPackets(reader.others());
  return `a Perfetto trace without track events${others === '' ? '' : `, which holds ${others}`}`;
}
