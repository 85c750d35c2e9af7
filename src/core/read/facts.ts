/** What a trace file says of itself beside its records: the other members of its top-level object. */
import type { TraceMeta } from '../trace/trace.js';
import { elementsOf, type Member, membersOf, valueText } from './record.js';

export interface FileFacts extends Pick<TraceMeta, 'format' | 'producer' | 'devices' | 'rank' | 'worldSize' | 'facts'> {
  /** ns since 1970 at which the clock of the records is zero */
  epochOffsetNs?: bigint;
}

/** Members that are told in other ways, or are lists of log lines. */
const NOT_FACTS = new Set([
  'deviceProperties',
  'distributedInfo',
  'baseTimeNanoseconds',
  'displayTimeUnit',
  'INFO',
  'WARNING',
  'ERROR',
  'stackFrames',
  'samples',
]);
/** Longer values are no facts that somebody reads. */
const LONGEST_FACT = 500;

/** Only Kineto writes these. */
const KINETO_KEYS = ['deviceProperties', 'distributedInfo', 'baseTimeNanoseconds', 'traceName', 'with_stack', 'record_shapes'];
/** Time stamps that count from 1970: later than 1998, and more than any machine has been running. */
const EPOCH_SINCE_NS = 900_000_000_000_000_000n;

/** `baseNs` is the first time stamp of the file; `sawKineto` says that its records are Kineto's. */
export function fileFacts(members: Member[], baseNs: bigint, sawKineto: boolean): FileFacts {
  const find = (key: string): string | undefined => members.findLast((member) => member.key === key)?.text;
  const isKineto = sawKineto || KINETO_KEYS.some((key) => find(key) !== undefined);
  const distributed = membersOf(find('distributedInfo') ?? '');
  const base = valueText(find('baseTimeNanoseconds') ?? '');
  return {
    format: isKineto ? 'Kineto JSON' : 'Chrome JSON',
    producer: isKineto ? 'PyTorch profiler' : '',
    devices: elementsOf(find('deviceProperties') ?? '').map((device) => ({
      id: memberText(membersOf(device), 'id') ?? '',
      name: memberText(membersOf(device), 'name') ?? '',
    })),
    rank: whole(memberText(distributed, 'rank')),
    worldSize: whole(memberText(distributed, 'world_size')),
    epochOffsetNs: /^\d{1,19}$/.test(base) ? BigInt(base) : baseNs > EPOCH_SINCE_NS ? 0n : undefined,
    facts: [...distributed.filter(({ key }) => key !== 'rank' && key !== 'world_size'), ...members]
      .filter(({ key, text }) => !NOT_FACTS.has(key) && text !== '' && text.length <= LONGEST_FACT)
      .map(({ key, text }) => ({ key, value: valueText(text) })),
  };
}

function memberText(members: Member[], key: string): string | undefined {
  const json = members.findLast((member) => member.key === key)?.text;
  return json === undefined ? undefined : valueText(json);
}

function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
