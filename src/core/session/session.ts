/** Answers TraceApi over one trace: the trace's own questions from core/trace, what was found out from the analyses. */
import type { AnalysisApi, GpuPeak } from '../../shared/analysis.js';
import type { ModelApi } from '../../shared/model.js';
import type { NcuApi } from '../../shared/ncu.js';
import {
  type AreaReport,
  COLOUR_CLASSES,
  KERNEL_CATEGORIES,
  type NameId,
  type SliceId,
  type Span,
  type TraceApi,
  type TrackId,
} from '../../shared/protocol.js';
import type { CategoryRules } from '../analyze/categories.js';
import { gpuDensity } from '../analyze/density.js';
import { gapEvidence, type StreamOrder, streamGaps, streamOrder } from '../analyze/gaps.js';
import { kernelGroups } from '../analyze/kernelGroups.js';
import { reportKernels } from '../analyze/kernels.js';
import { withQueueTracks } from '../analyze/queueTracks.js';
import type { Records } from '../read/read.js';
import { area, cellSummary, type NameTotal } from '../trace/area.js';
import { buildLevels, type Levels } from '../trace/levels.js';
import { type Hits, hitAt, hitTicks, search } from '../trace/search.js';
import { COLOUR_BY_NAME, tiles } from '../trace/tile.js';
import { NONE, type Trace } from '../trace/trace.js';
import { type Analyses, createAnalyses, once } from './analyses.js';
import { createAnalysis } from './analysis.js';
import { detailOf, factsOf } from './detail.js';
import { infoOf } from './info.js';
import { type Linked, linkOf, modelLabel, modelOf, placeTest } from './linked.js';
import { arrowsOf, moved } from './links.js';
import { lookOf } from './look.js';
import { createLinking, type Sources } from './model.js';
import { type ModuleRuns, moduleRuns } from './modules.js';
import { createNcu } from './ncu.js';
import { occurrencesOf } from './occurrences.js';
import { refOf } from './refs.js';

export interface SessionFile {
  fileName: string;
  fileBytes: number;
}

/** Names listed for a merged cell. */
const CELL_NAMES = 8;
/** Searches whose hits are kept: the view asks for tiles, ticks and hits of the same one. */
const KEPT_SEARCHES = 4;

/** What users state themselves: tried before what is built in. */
export interface OwnRules {
  categories: CategoryRules;
  peaks: readonly GpuPeak[];
}

export interface SessionOptions {
  analyses?: Analyses;
  /** built when tiles are first asked for, unless somebody has them already */
  levels?: () => Levels;
  /** what is needed to link kernels to model code; without it they cannot be */
  sources?: Sources;
  own?: OwnRules;
  /** text of the model's config.json, where somebody has it */
  config?: string;
}

export interface Session extends TraceApi, AnalysisApi, ModelApi, NcuApi {
  /** what `link` linked last, with all its columns */
  linked(): Linked | undefined;
}

export function createSession(recorded: Trace, records: Records, file: SessionFile, options: SessionOptions = {}): Session {
  const { own, analyses = createAnalyses(recorded, own?.categories), levels = once(() => buildLevels(recorded)), sources, config } = options;
  const trace = withQueueTracks(recorded, analyses.gpu());
  let linked: Linked | undefined;
  let runs: ModuleRuns | undefined;
  const look = once(() => lookOf(trace, analyses.gpu()));
  const evidence = once(() => gapEvidence(trace, analyses.gpu(), analyses.steps()));
  const orders = new Map<TrackId, StreamOrder>();
  const ref = (slice: SliceId) => refOf(trace, look(), slice);
  const orNull = (slice: SliceId | undefined) => (slice === undefined || slice === NONE ? null : ref(slice));
  const kernelCategory = (name: NameId) => KERNEL_CATEGORIES[look().colourOfName[name]] ?? '';
  const searches = () => recent(KEPT_SEARCHES, (query) => search(trace, query, { kernelCategory, placeTest: placeTest(trace, analyses, linked) }));
  let hits = searches();
  const linking = createLinking(trace, records, file.fileName, analyses, sources, (now) => {
    linked = now;
    runs = undefined;
    hits = searches();
  });
  const found = (query: string): Hits | undefined => {
    const result = hits(query);
    return typeof result === 'string' ? undefined : result;
  };

  return {
    info: async () => infoOf(trace, analyses, file),
    tiles: async (request) => tiles(trace, levels(), request, found(request.search)?.slices ?? new Uint32Array(0), look()),
    folds: async () => look().folds().tracks,
    cell: async (first, count) => cellSummary(trace, first, count, CELL_NAMES),
    density: async (span, bins) => gpuDensity(trace, analyses.gpu(), span, bins),
    steps: async () => analyses.steps().report,
    layers: async (span, limit) => {
      const touching = analyses.steps().layers.filter(({ startNs, endNs }) => startNs < span.endNs && endNs > span.startNs);
      return touching.length > limit ? [] : touching;
    },
    gaps: async (track, span, minNs, limit) => {
      const order = orders.get(track) ?? streamOrder(trace, analyses.gpu(), track);
      orders.set(track, order);
      return streamGaps(evidence(), order, span, minNs, limit);
    },
    slice: async (slice) => ref(slice),
    detail: async (slice) => ({ ...(await detailOf(trace, records, analyses, look(), slice)), model: modelOf(trace, linked, slice) }),
    links: async (slice, limit) => {
      const { incoming, outgoing, moreOutgoing } = arrowsOf(trace, slice, limit);
      return { incoming: incoming.map(ref), outgoing: outgoing.map(ref), moreOutgoing };
    },
    move: async (slice, move) => orNull(moved(trace, slice, move)),
    area: async (tracks, span) => areaReport(area(trace, tracks, span), span),
    search: async (query) => {
      const result = hits(query);
      if (typeof result === 'string') return { count: 0, names: 0, totalNs: 0, error: result };
      return { count: result.slices.length, names: result.names, totalNs: result.totalNs };
    },
    searchHit: async (query, index) => orNull(found(query)?.byTime()[index]),
    searchIndexAt: async (query, timeNs) => {
      const result = found(query);
      return result === undefined ? 0 : hitAt(trace, result, timeNs);
    },
    searchTicks: async (query, span, bins) => {
      const result = found(query);
      return result === undefined ? new Uint32Array(bins) : hitTicks(trace, result, span, bins);
    },
    kernels: async (query) => {
      if (query === undefined) return analyses.kernels();
      const work = found(query)
        ?.byTime()
        .filter((slice) => slice < trace.gpu.count);
      return reportKernels(trace, analyses.gpu(), analyses.steps(), work ?? new Uint32Array(0));
    },
    kernelGroups: async (by) => kernelGroups(trace, analyses.gpu(), analyses.steps(), linked?.layerOf ?? analyses.steps().layerOf, by),
    occurrences: async (name, limit) => occurrencesOf(trace, analyses.gpu(), analyses.steps(), name, limit),
    frames: async () => analyses.frames(),
    ...createAnalysis(trace, records, analyses, { peaks: own?.peaks, config, find: found }),
    ...linking,
    ...createNcu(trace, (slice) => factsOf(trace, records, slice)),
    modelLink: async (slice) => linkOf(trace, linked, slice),
    modelLabels: async (slices) => slices.map((slice) => modelLabel(trace, linked, slice)),
    modules: async (track, span, limit) => {
      if (linked === undefined) return [];
      runs ??= moduleRuns(trace, analyses, linked);
      const touching = (runs.get(track) ?? []).filter(({ startNs, endNs }) => startNs < span.endNs && endNs > span.startNs);
      return touching.length > limit ? [] : touching;
    },
    linked: () => linked,
  };

  function areaReport(totals: NameTotal[], span: Span): AreaReport {
    const totalNs = totals.reduce((sum, row) => sum + row.totalNs, 0);
    const { categories, strings } = trace;
    const colour = ({ kind, nameId }: NameTotal) => {
      const ofKind = look().colourOfCategory[categories.findIndex((category) => category.kind === kind)];
      return COLOUR_CLASSES[ofKind === COLOUR_BY_NAME ? look().colourOfName[nameId] : ofKind];
    };
    return {
      ...span,
      totalNs,
      sliceCount: totals.reduce((sum, { count }) => sum + count, 0),
      rows: totals.map((row) => ({
        ...row,
        name: strings.get(row.nameId),
        shortName: look().label(row.nameId),
        colour: colour(row),
        avgNs: row.totalNs / row.count,
        share: totalNs > 0 ? (100 * row.totalNs) / totalNs : 0,
      })),
    };
  }
}

/** Keeps the answers for the questions asked last. */
function recent<T>(size: number, answer: (question: string) => T): (question: string) => T {
  const kept = new Map<string, T>();
  return (question) => {
    const known = kept.get(question) ?? answer(question);
    kept.delete(question);
    kept.set(question, known);
    for (const oldest of kept.keys()) {
      if (kept.size <= size) break;
      kept.delete(oldest);
    }
    return known;
  };
}
