/** What a view may ask, and of what shape the questions are: every call of a view passes here before anything sees it. */
import * as v from 'valibot';
import { type Analysis, FLAME_ORDERS } from '../shared/analysis.js';
import { KERNEL_GROUPINGS } from '../shared/protocol.js';
import type { Dispatch } from '../shared/rpc.js';
import type { HostApi, ViewTraceApi } from '../shared/view.js';
import { viewState } from './viewState.js';

const ns = v.pipe(v.number(), v.finite());
const id = v.pipe(v.number(), v.integer(), v.minValue(0));
/** widths, bins and limits: numbers that decide how much work a question is */
const amount = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000));
const span = v.object({ startNs: ns, endNs: ns });
const text = v.pipe(v.string(), v.maxLength(10_000));
const frame = v.object({ file: text, line: id, function: text, module: v.optional(text) });
const tracks = v.pipe(v.array(id), v.maxLength(100_000));
const move = v.picklist([
  'next',
  'previous',
  'up',
  'down',
  'nextSameName',
  'previousSameName',
  'longerSameName',
  'shorterSameName',
  'toLaunch',
  'toKernel',
  'backToLaunch',
]);
const table = v.object({ name: v.string(), columns: v.array(v.string()), rows: v.array(v.array(v.union([v.string(), v.number()]))) });

type Method = (...args: unknown[]) => Promise<unknown>;

function checked<Args extends unknown[]>(args: v.GenericSchema<unknown, Args>, run: (...args: Args) => Promise<unknown>): Method {
  return (...given) => run(...v.parse(args, given));
}

function traceMethods(api: Omit<ViewTraceApi, 'analysis'>, analysis: () => Promise<Analysis>): Record<keyof ViewTraceApi, Method> {
  return {
    info: checked(v.tuple([]), () => api.info()),
    tiles: checked(v.tuple([v.object({ ...span.entries, tracks, widthPx: amount, search: text, folded: v.optional(tracks) })]), (request) =>
      api.tiles(request),
    ),
    folds: checked(v.tuple([]), () => api.folds()),
    cell: checked(v.tuple([id, id]), (first, count) => api.cell(first, count)),
    density: checked(v.tuple([span, amount]), (window, bins) => api.density(window, bins)),
    steps: checked(v.tuple([]), () => api.steps()),
    layers: checked(v.tuple([span, amount]), (window, limit) => api.layers(window, limit)),
    gaps: checked(v.tuple([id, span, ns, amount]), (track, window, minNs, limit) => api.gaps(track, window, minNs, limit)),
    slice: checked(v.tuple([id]), (slice) => api.slice(slice)),
    detail: checked(v.tuple([id]), (slice) => api.detail(slice)),
    links: checked(v.tuple([id, amount]), (slice, limit) => api.links(slice, limit)),
    move: checked(v.tuple([id, move]), (slice, direction) => api.move(slice, direction)),
    area: checked(v.tuple([tracks, span]), (chosen, window) => api.area(chosen, window)),
    search: checked(v.tuple([text]), (query) => api.search(query)),
    searchHit: checked(v.tuple([text, id]), (query, index) => api.searchHit(query, index)),
    searchIndexAt: checked(v.tuple([text, ns]), (query, timeNs) => api.searchIndexAt(query, timeNs)),
    searchTicks: checked(v.tuple([text, span, amount]), (query, window, bins) => api.searchTicks(query, window, bins)),
    kernels: checked(v.tuple([v.optional(text)]), (query) => api.kernels(query)),
    kernelGroups: checked(v.tuple([v.picklist(KERNEL_GROUPINGS)]), (by) => api.kernelGroups(by)),
    occurrences: checked(v.tuple([id, amount]), (name, limit) => api.occurrences(name, limit)),
    frames: checked(v.tuple([]), () => api.frames()),
    analysis: checked(v.tuple([]), analysis),
    operatorsByShape: checked(v.tuple([]), () => api.operatorsByShape()),
    flame: checked(v.tuple([id, span, v.picklist(FLAME_ORDERS), ns]), (track, window, order, minNs) => api.flame(track, window, order, minNs)),
    ncu: checked(v.tuple([id, v.object({ slice: v.optional(id), index: v.optional(id) })]), (name, which) => api.ncu(name, which)),
    modelLink: checked(v.tuple([id]), (slice) => api.modelLink(slice)),
    modules: checked(v.tuple([id, span, amount]), (track, window, limit) => api.modules(track, window, limit)),
    modelLabels: checked(v.tuple([v.pipe(v.array(id), v.maxLength(10_000))]), (slices) => api.modelLabels(slices)),
  };
}

function hostMethods(api: HostApi): Record<keyof HostApi, Method> {
  return {
    ready: checked(v.tuple([]), () => api.ready()),
    cancel: checked(v.tuple([]), () => api.cancel()),
    saveState: checked(v.tuple([viewState]), (state) => api.saveState(state)),
    openSource: checked(v.tuple([id, v.optional(id)]), (slice, link) => api.openSource(slice, link)),
    openKernelSource: checked(v.tuple([id]), (slice) => api.openKernelSource(slice)),
    openPlace: checked(v.tuple([text, id]), (file, line) => api.openPlace(file, line)),
    openFrame: checked(v.tuple([frame]), (opened) => api.openFrame(opened)),
    modelReport: checked(v.tuple([]), () => api.modelReport()),
    chooseModel: checked(v.tuple([]), () => api.chooseModel()),
    chooseSource: checked(v.tuple([]), () => api.chooseSource()),
    ncuReport: checked(v.tuple([]), () => api.ncuReport()),
    snippet: checked(v.tuple([text, id, amount]), (file, line, context) => api.snippet(file, line, context)),
    copy: checked(v.tuple([v.string()]), (copied) => api.copy(copied)),
    copySummary: checked(v.tuple([]), () => api.copySummary()),
    saveTable: checked(v.tuple([table]), (saved) => api.saveTable(saved)),
    reopenAsText: checked(v.tuple([]), () => api.reopenAsText()),
    openAnotherTrace: checked(v.tuple([]), () => api.openAnotherTrace()),
    showHelp: checked(v.tuple([]), () => api.showHelp()),
  };
}

/** Answers the calls of one view: those of HostApi here, those of TraceApi by the trace's owner; the report is the one that the host keeps. */
export function viewCalls(host: HostApi, trace: Omit<ViewTraceApi, 'analysis'>, analysis: () => Promise<Analysis>): Dispatch {
  const methods = new Map<string, Method>(Object.entries({ ...hostMethods(host), ...traceMethods(trace, analysis) }));
  return (method) => methods.get(method);
}
