/** Threads, streams and counters as people see them: groups, names, and their order on screen. */
import type { DeviceInfo, GroupInfo, TrackInfo } from '../../shared/protocol.js';
import type { TrackKey } from './builder.js';
import type { Track } from './trace.js';

/** A track whose slices have been placed, with what is known of its work. */
export interface Draft extends Omit<Track, 'info'> {
  domain: TrackKey['domain'] | 'counter';
  device: string;
  stream: string;
  rowCount: number;
  sliceCount: number;
  firstNs: number;
  lastNs: number;
  /** time in kernels that compute */
  computeNs: number;
  /** "NCCL" when all its kernels communicate, "copies" when it has none; '' otherwise */
  onlyFor: string;
  /** GPU slices that its calls enqueued */
  launched: number;
}

/** What the file says of processes, threads and devices. */
export interface Naming {
  processName: Map<string, string>;
  processLabel: Map<string, string>;
  processSort: Map<string, number>;
  threadName: Map<string, string>;
  threadSort: Map<string, number>;
  devices: DeviceInfo[];
  rank?: number;
}

/** Key of a thread in `Naming`. */
export function threadKey(process: string, thread: string): string {
  return `${process}\0${thread}`;
}

/** Processes that Kineto invents for what belongs to nobody: the recording itself, its instants, and on −1 the overhead of CUPTI. */
const KINETO_OWN = new Map([
  ['Spans', ''],
  ['Traces', ''],
  ['', 'Events'],
  ['-1', 'Overhead'],
]);

/** Other files may call a process like that too; only Kineto has these. */
function isKinetoOnly({ process }: Draft): boolean {
  return process === 'Spans' || process === 'Traces';
}

/** What people see of the tracks: their descriptions, their groups, and their ids in display order. */
export function describeTracks(drafts: Draft[], naming: Naming): { tracks: Track[]; groups: GroupInfo[]; order: Uint32Array } {
  const display = sortBy(groupDrafts(drafts), (group) => groupRank(group, naming)).map((group) => {
    const streams = workByStream(group);
    return sortBy(group, (draft) => trackRank(draft, streams, naming));
  });
  const groups = display.map((group, id) => describeGroup(id, group, naming));
  const groupOf = new Map(display.flatMap((group, id) => group.map((draft) => [draft, id] as const)));
  const computing = new Set(display.map((group) => group.find(({ computeNs }) => computeNs > 0)));
  const tracks = drafts.map((draft, id): Track => {
    const info = describeTrack(id, draft, groupOf.get(draft) ?? 0, computing.has(draft), naming);
    const { firstRow, process, thread, firstSample, sampleCount } = draft;
    return { info, firstRow, process, thread, firstSample, sampleCount };
  });
  const idOf = new Map(drafts.map((draft, id) => [draft, id]));
  return { tracks, groups, order: Uint32Array.from(display.flat(), (draft) => idOf.get(draft) ?? 0) };
}

function onGpu({ domain }: Draft): boolean {
  return domain === 'gpu' || domain === 'gpuAnnotation';
}

/** A device is a group of its own even when a process has the same id; a counter joins the process it names, or the device. */
function groupDrafts(drafts: Draft[]): Draft[][] {
  const processes = new Set(drafts.filter((draft) => !onGpu(draft) && draft.domain !== 'counter').map(({ process }) => process));
  const isKineto = drafts.some(isKinetoOnly);
  const deviceOf = new Map(drafts.filter(onGpu).map(({ process, device }) => [process, device]));
  const groups = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const device = onGpu(draft) ? draft.device : draft.domain === 'counter' && !processes.has(draft.process) ? deviceOf.get(draft.process) : undefined;
    const owner = isKineto && KINETO_OWN.has(draft.process) ? 'profiler' : `process ${draft.process}`;
    const key = device === undefined ? owner : `gpu ${device}`;
    const group = groups.get(key);
    if (group) group.push(draft);
    else groups.set(key, [draft]);
  }
  return [...groups.values()];
}

/** The tracks of each stream that hold its work: annotations stand behind them. */
function workByStream(group: Draft[]): Map<string, Draft> {
  return new Map(group.filter(({ domain }) => domain === 'gpu').map((draft) => [draft.stream, draft]));
}

/** Rows of sort keys: the first that differs decides. */
type SortKey = (number | string)[];

function sortBy<T>(items: T[], keyOf: (item: T) => SortKey): T[] {
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ item }) => item);
}

function compareKeys(a: SortKey, b: SortKey): number {
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i], b[i]];
    const difference = typeof x === 'number' && typeof y === 'number' ? x - y : naturally(String(x), String(y));
    if (difference !== 0) return difference;
  }
  return 0;
}

const { compare: naturally } = new Intl.Collator('en', { numeric: true });

/** "GPU 0", "MTIA 17" */
const DEVICE_LABEL = /^[A-Z]+ \d+$/;

/** Python frames whose thread Kineto does not know lie on process 0, which carries the label of GPU 0. */
function kindOfGroup(group: Draft[], { processLabel }: Naming): GroupInfo['kind'] {
  if (group.some(onGpu)) return 'gpu';
  const isDevice = DEVICE_LABEL.test(processLabel.get(group[0].process) ?? '');
  return group.some(isKinetoOnly) || isDevice ? 'other' : 'process';
}

/** GPUs first, then the processes by what they launched, pseudo processes last. */
function groupRank(group: Draft[], naming: Naming): SortKey {
  const kind = kindOfGroup(group, naming);
  const { device, process } = group[0];
  if (kind === 'gpu') return [0, 0, 0, 0, device];
  return [kind === 'process' ? 1 : 2, -total(group, 'launched'), ownSort(naming.processSort.get(process), process), -total(group, 'sliceCount'), process];
}

/** Streams by compute time with their annotations behind them, threads by launches and activity, counters at the end. */
function trackRank(draft: Draft, streams: Map<string, Draft>, { threadSort }: Naming): SortKey {
  const { domain, process, thread, stream } = draft;
  if (domain === 'counter') return [3, 0, 0, 0, thread, 0];
  if (!onGpu(draft))
    return [domain === 'async' ? 2 : 1, -draft.launched, ownSort(threadSort.get(threadKey(process, thread)), thread), -draft.sliceCount, thread, 0];
  const work = streams.get(stream);
  return [0, -(work?.computeNs ?? 0), work?.onlyFor === 'copies' ? 1 : 0, -(work?.sliceCount ?? 0), stream, domain === 'gpu' ? 0 : 1];
}

/** Kineto repeats the id as sort index (for devices 5000000 + id), which says nothing. */
function ownSort(index: number | undefined, id: string): number {
  return index === undefined || index === Number(id) ? 0 : index;
}

function total(group: Draft[], field: 'launched' | 'sliceCount' | 'computeNs'): number {
  return group.reduce((sum, draft) => sum + draft[field], 0);
}

function describeGroup(id: number, group: Draft[], naming: Naming): GroupInfo {
  const { processName, processLabel, devices, rank } = naming;
  const kind = kindOfGroup(group, naming);
  const { process, device } = group[0];
  const rankText = rank === undefined ? [] : [`rank ${rank}`];
  if (kind === 'gpu') {
    const model = devices.find((known) => known.id === device)?.name ?? '';
    const label = processLabel.get(process) ?? '';
    const name = DEVICE_LABEL.test(label) && device === process ? label : `GPU ${device}`;
    return { id, kind, name: model === '' ? name : `${name} · ${model}`, detail: rankText.join('') };
  }
  const recorded = processName.get(process);
  if (group.some(isKinetoOnly)) return { id, kind, name: 'Profiler', detail: '' };
  if (kind === 'other') return { id, kind, name: recorded ?? process, detail: 'thread not recorded' };
  const isNumber = /^\d+$/.test(process);
  const launches = total(group, 'launched') > 0;
  return {
    id,
    kind,
    name: recorded ?? (isNumber ? `Process ${process}` : process === '' ? 'Process' : process),
    detail: [...(isNumber ? [`pid ${process}`] : []), ...(launches ? rankText : [])].join(' · '),
  };
}

function describeTrack(id: number, draft: Draft, group: number, computing: boolean, { threadName }: Naming): TrackInfo {
  const { domain, rowCount, sliceCount, firstNs, lastNs, stream, device, process, thread } = draft;
  const known = { id, group, rowCount, sliceCount, firstNs, lastNs };
  const recorded = threadName.get(threadKey(process, thread));
  if (domain === 'gpu') return { ...known, kind: 'stream', name: nameStream(stream, recorded), detail: computing ? 'compute' : draft.onlyFor, stream, device };
  if (domain === 'gpuAnnotation')
    return { ...known, kind: 'gpuAnnotation', name: 'Annotations', detail: nameStream(stream, recorded).toLowerCase(), stream, device };
  if (domain === 'async') return { ...known, kind: 'async', name: thread === '' ? 'async' : thread, detail: 'async' };
  if (domain === 'counter') return { ...known, kind: 'counter', name: thread, detail: '' };
  return { ...known, kind: 'thread', ...nameThread(process, thread, recorded) };
}

/** −1 as CUPTI writes it, for what concerns the whole context. */
const EVERY_STREAM = new Set(['-1', '4294967295']);

/** "stream 7 " says nothing more than the id, and "thread 7 (python3)" is about a thread with the same ids. */
function nameStream(stream: string, recorded = ''): string {
  const name = recorded.trim();
  if (name !== '' && !/^thread /i.test(name) && name.toLowerCase() !== `stream ${stream}`) return name;
  return EVERY_STREAM.has(stream) ? 'All streams' : `Stream ${stream}`;
}

/** Kineto calls thread 8013 "thread 8013 (python3)". */
function nameThread(process: string, thread: string, recorded = ''): { name: string; detail: string } {
  const own = KINETO_OWN.get(process);
  if (own && recorded === '' && (thread === '' || thread === '0')) return { name: own, detail: '' };
  const cleaned = recorded.trim().replace(/^thread (-?\d+) \((.*)\)$/i, (whole, tid, name) => (tid === thread ? name : whole));
  if (thread === process && /^[1-9]\d*$/.test(thread)) return { name: 'Main thread', detail: thread };
  if (cleaned === '' || cleaned.toLowerCase() === `thread ${thread}`) return { name: /^-?\d*$/.test(thread) ? `Thread ${thread}`.trim() : thread, detail: '' };
  return { name: cleaned, detail: cleaned === thread ? '' : thread };
}
