/**
 * What was read of the events, until the whole recording has said which tracks there are and where they belong; then it
 * goes to the builder.
 */
import type { TraceBuilder, TrackKey } from '../../trace/builder.js';
import { growing } from '../../trace/columns.js';
import { createPairs } from '../../trace/pair.js';
import { NONE } from '../../trace/trace.js';
import type { Place, Tracks } from './tracks.js';

/** What a slice has besides its name and times. */
export interface SliceFacts {
  correlation: number;
  bytes: number;
  record: number;
}

const FLOW_PHASES = ['start', 'step', 'end'] as const;
export type FlowPhase = (typeof FLOW_PHASES)[number];

export interface Collected {
  begin(track: number, name: number, category: number, timeNs: number, facts: SliceFacts): void;
  end(track: number, timeNs: number): void;
  whole(track: number, name: number, category: number, startNs: number, durNs: number, facts: SliceFacts): void;
  /** slices that pair by `id` and may overlap */
  asyncBegin(track: number, id: string, name: number, category: number, timeNs: number, facts: SliceFacts): void;
  asyncEnd(track: number, id: string, category: number, timeNs: number): void;
  flow(phase: FlowPhase, id: number, track: number, timeNs: number, bind: 'enclosing' | 'next'): void;
  /** `state` tells which values an incremental counter adds to */
  counter(track: number, series: string, state: number, timeNs: number, value: number): void;
  /** what the first GPU work of a track says of its device and stream */
  gpu(track: number, device: string, stream: string): void;
  /** gives everything to the builder */
  finish(tracks: Tracks): void;
}

/** `categoryText` gives back what a category was called. */
export function createCollected(builder: TraceBuilder, categoryText: (category: number) => string): Collected {
  const pairs = createPairs();
  /** what the keys of the pairs mean: a track, or a track and an async category */
  const keyTrack: number[] = [];
  const keyCategory: number[] = [];
  const plainKeys: number[] = [];
  const asyncKeys = new Map<string, number>();
  const facts = { correlation: growing(Uint32Array), record: growing(Float64Array), bytes: new Map<number, number>() };
  const whole = {
    track: growing(Uint32Array),
    name: growing(Uint32Array),
    category: growing(Uint16Array),
    startNs: growing(Float64Array),
    durNs: growing(Float64Array),
    facts: growing(Uint32Array),
  };
  const flows = {
    phase: growing(Uint8Array),
    id: growing(Float64Array),
    track: growing(Uint32Array),
    timeNs: growing(Float64Array),
    next: growing(Uint8Array),
  };
  const samples = { series: growing(Uint32Array), timeNs: growing(Float64Array), value: growing(Float64Array), state: growing(Uint32Array) };
  const series: { track: number; name: string }[] = [];
  const seriesIds = new Map<string, number>();
  const gpus = new Map<number, { device: string; stream: string }>();

  const addKey = (track: number, category: number): number => {
    keyCategory.push(category);
    return keyTrack.push(track) - 1;
  };
  const keyOf = (track: number): number => (plainKeys[track] ??= addKey(track, NONE));
  const asyncKeyOf = (track: number, id: string, category: number): number => {
    const text = `${track} ${category} ${id}`;
    let key = asyncKeys.get(text);
    if (key === undefined) asyncKeys.set(text, (key = addKey(track, category)));
    return key;
  };
  const addFacts = ({ correlation, bytes, record }: SliceFacts): number => {
    const row = facts.record.count;
    facts.correlation.push(correlation);
    facts.record.push(record);
    if (bytes > 0) facts.bytes.set(row, bytes);
    return row;
  };

  return {
    begin: (track, name, category, timeNs, more) => pairs.begin(keyOf(track), name, category, timeNs, addFacts(more)),
    end: (track, timeNs) => pairs.end(keyOf(track), timeNs),
    whole(track, name, category, startNs, durNs, more) {
      whole.track.push(track);
      whole.name.push(name);
      whole.category.push(category);
      whole.startNs.push(startNs);
      whole.durNs.push(durNs);
      whole.facts.push(addFacts(more));
    },
    asyncBegin: (track, id, name, category, timeNs, more) => pairs.begin(asyncKeyOf(track, id, category), name, category, timeNs, addFacts(more)),
    asyncEnd: (track, id, category, timeNs) => pairs.end(asyncKeyOf(track, id, category), timeNs),
    flow(phase, id, track, timeNs, bind) {
      flows.phase.push(FLOW_PHASES.indexOf(phase));
      flows.id.push(id);
      flows.track.push(track);
      flows.timeNs.push(timeNs);
      flows.next.push(bind === 'next' ? 1 : 0);
    },
    counter(track, name, state, timeNs, value) {
      const text = `${track} ${name}`;
      let id = seriesIds.get(text);
      if (id === undefined) seriesIds.set(text, (id = series.push({ track, name }) - 1));
      samples.series.push(id);
      samples.timeNs.push(timeNs);
      samples.value.push(value);
      samples.state.push(state);
    },
    gpu(track, device, stream) {
      if (!gpus.has(track)) gpus.set(track, { device, stream });
    },
    finish(tracks) {
      const places = tracks.places();
      const lines = createLines(builder, tracks, places, gpus, categoryText);
      const [correlation, record] = [facts.correlation.take(), facts.record.take()];
      const push = (track: number, name: number, category: number, startNs: number, durNs: number, row: number): void =>
        builder.slice(track, name, category, startNs, durNs, correlation[row], NONE, 0, facts.bytes.get(row) ?? 0, record[row]);

      const [track, name, category, startNs, durNs, rows] = [
        whole.track.take(),
        whole.name.take(),
        whole.category.take(),
        whole.startNs.take(),
        whole.durNs.take(),
        whole.facts.take(),
      ];
      for (let i = 0; i < track.length; i++) push(lines.of(track[i], builder.domain(category[i])), name[i], category[i], startNs[i], durNs[i], rows[i]);

      const { withoutBegin, withoutEnd } = pairs.pair((slice) => {
        const asyncCategory = keyCategory[slice.key];
        const line = asyncCategory === NONE ? lines.of(keyTrack[slice.key], builder.domain(slice.category)) : lines.async(keyTrack[slice.key], asyncCategory);
        push(line, slice.name, slice.category, slice.startNs, slice.endNs - slice.startNs, slice.record);
      });
      for (let i = 0; i < withoutBegin; i++) builder.problem('endWithoutBegin', 'An event that ends a slice has none to end. It was left out.');
      for (let i = 0; i < withoutEnd; i++) builder.problem('beginWithoutEnd', 'A slice that does not end is shown up to the last event of its track.');

      const flow = { phase: flows.phase.take(), id: flows.id.take(), track: flows.track.take(), timeNs: flows.timeNs.take(), next: flows.next.take() };
      for (let i = 0; i < flow.id.length; i++)
        builder.flow(FLOW_PHASES[flow.phase[i]], flow.id[i], lines.any(flow.track[i]), flow.timeNs[i], flow.next[i] === 1 ? 'next' : 'enclosing');

      pushSamples(builder, tracks, places, series, {
        series: samples.series.take(),
        timeNs: samples.timeNs.take(),
        value: samples.value.take(),
        state: samples.state.take(),
      });
    },
  };
}

interface Samples {
  series: Uint32Array;
  timeNs: Float64Array;
  value: Float64Array;
  state: Uint32Array;
}

function pushSamples(builder: TraceBuilder, tracks: Tracks, places: Place[], series: { track: number; name: string }[], samples: Samples): void {
  const described = series.map(({ track, name }) => {
    const { unit, incremental, multiplier } = tracks.get(track);
    const { process, thread } = places[track];
    return { process, name: name || (unit === '' ? thread : `${thread} (${unit})`), incremental, multiplier };
  });
  const sums = new Map<string, number>();
  for (let i = 0; i < samples.series.length; i++) {
    const { process, name, incremental, multiplier } = described[samples.series[i]];
    let value = samples.value[i];
    if (incremental) {
      const key = `${samples.series[i]} ${samples.state[i]}`;
      value += sums.get(key) ?? 0;
      sums.set(key, value);
    }
    builder.counter(process, name, samples.timeNs[i], value * multiplier);
  }
}

const DOMAINS: TrackKey['domain'][] = ['cpu', 'gpu', 'gpuAnnotation', 'async'];

/** The builder's tracks for those of the recording: GPU work and annotations of one track are two. */
function createLines(
  builder: TraceBuilder,
  tracks: Tracks,
  places: Place[],
  gpus: Map<number, { device: string; stream: string }>,
  categoryText: (category: number) => string,
) {
  const known: number[] = [];
  const owners = new Map<string, number>();
  const owner = ({ process, thread }: Place): string => `${process}\0${thread}`;
  for (const place of places) owners.set(owner(place), (owners.get(owner(place)) ?? 0) + 1);
  for (const [pid, name] of tracks.processNames) builder.processName(pid, name);
  if (places.some(({ process }) => process === '')) builder.processName('', 'Tracks');
  for (const [order, track] of tracks.inOrder().entries()) {
    const { process, thread, name, isThread } = places[track];
    if (name !== '') builder.threadName(process, thread, name);
    if (!isThread) builder.threadSort(process, thread, order + 1);
  }

  const make = (track: number, domain: TrackKey['domain']): number => {
    const place = places[track];
    const { process, thread, name, isThread } = place;
    if (domain === 'cpu' || domain === 'async') {
      // Tracks that are called the same are one for people, whose slices may overlap.
      const isShared = !isThread && (owners.get(owner(place)) ?? 0) > 1;
      return builder.track({ process, thread, domain: isShared ? 'async' : domain });
    }
    const { device, stream } = gpus.get(track) ?? { device: '', stream: '' };
    const id = builder.track({ process: device || '0', thread, domain });
    builder.gpuTrack(id, device || '0', stream || thread);
    builder.threadName(device || '0', thread, name);
    return id;
  };

  const of = (track: number, domain: TrackKey['domain']): number => (known[track * DOMAINS.length + DOMAINS.indexOf(domain)] ??= make(track, domain));
  return {
    of,
    /** of slices that pair by id; they lie beside those of the track itself */
    async: (track: number, category: number): number =>
      builder.track({ process: places[track].process, thread: categoryText(category) || places[track].name, domain: 'async' }),
    /** where the slices of a track lie, for what does not say its domain; to be asked when all slices have been */
    any(track: number): number {
      const used = DOMAINS.find((_, domain) => known[track * DOMAINS.length + domain] !== undefined);
      return of(track, used ?? 'cpu');
    },
  };
}
