/** The state of one view: changes are collected and told once a frame; what must survive is saved when it rests. */

import { duration } from '../src/shared/format.js';
import type { SearchResult, SliceDetail, TraceInfo } from '../src/shared/protocol.js';
import type { HostApi, NoModel, Start, Tab, ViewState, ViewTraceApi } from '../src/shared/view.js';
import type { App, AppState } from './app.js';
import type { ActionName } from './keys.js';
import { sliceName } from './panels/modelPaths.js';
import { showNotice } from './panels/notice.js';
import { colourLabel } from './theme.js';
import { hitSpan } from './timeline/hitSpan.js';
import { latest } from './timeline/latest.js';
import { around, gpuActivity, revealed } from './timeline/viewport.js';

/** Panning, dragging and typing change what is saved with every frame. */
const SAVE_AFTER_MS = 150;
const OFTEN_CHANGED: ReadonlySet<keyof AppState> = new Set(['window', 'drawerPx', 'search', 'kernelFilter'] as const);
/** Arrows of one slice that are worth drawing. */
const LINK_LIMIT = 200;

const SAVED = [
  'tab',
  'window',
  'selection',
  'pinned',
  'collapsed',
  'search',
  'drawerPx',
  'drawerOpen',
  'kernelSort',
  'kernelFilter',
] as const satisfies readonly (keyof ViewState)[];

function initialState(info: TraceInfo, saved: ViewState | undefined): AppState {
  const view: ViewState = saved ?? {
    tab: info.isMemory ? 'memory' : 'timeline',
    pinned: [],
    collapsed: [],
    search: '',
    drawerPx: 256,
    drawerOpen: true,
    kernelSort: '',
    kernelFilter: '',
  };
  const known = new Set(info.tracks.map((track) => track.id));
  return {
    ...view,
    pinned: view.pinned.filter((track) => known.has(track)),
    window: view.window ?? gpuActivity(info.tracks, info.durationNs),
    drawerTab: 'slice',
    searchCount: 0,
    searchIndex: -1,
    marks: [],
    themeVersion: 0,
    helpOpen: false,
  };
}

function savedPart(state: AppState): ViewState {
  const { tab, window, selection, pinned, collapsed, search, drawerPx, drawerOpen, kernelSort, kernelFilter } = state;
  return { tab, window, selection, pinned, collapsed, search, drawerPx, drawerOpen, kernelSort, kernelFilter };
}

/** "gate_up_proj, GEMM, 81.76 µs, decode 3, layer 1, launched 88.44 µs before". */
export function spoken(detail: SliceDetail): string {
  const { ref, durNs, step, layer, launchDelayNs } = detail;
  const parts = [sliceName(detail), colourLabel(ref.colour), duration(durNs)];
  if (step) parts.push(`${step.phase} ${step.index}`);
  if (layer !== undefined) parts.push(`layer ${layer}`);
  if (launchDelayNs !== undefined) parts.push(`launched ${duration(launchDelayNs)} before`);
  return parts.join(', ').replaceAll('µs', 'microseconds').replaceAll(' ms', ' milliseconds').replaceAll(' ns', ' nanoseconds');
}

/** Makes the app of an opened trace. Its owner builds the parts, then calls `restore` once. */
export function createApp(info: TraceInfo, trace: ViewTraceApi, host: HostApi, start: Start, announce: (text: string) => void): App & { restore(): void } {
  const state = initialState(info, start.state);
  const listeners: ((changed: ReadonlySet<keyof AppState>) => void)[] = [];
  const handlers: Partial<Record<ActionName, () => void>> = {};
  const ownHandlers: Partial<Record<Tab, typeof handlers>> = {};
  let changed = new Set<keyof AppState>();
  let saveTimer: ReturnType<typeof setTimeout> | undefined;
  let selections = 0;

  const tell = (): void => {
    const told = changed;
    changed = new Set();
    for (const listener of listeners) listener(told);
  };
  const change = (patch: Partial<AppState>): void => {
    const keys = (Object.keys(patch) as (keyof AppState)[]).filter((key) => patch[key] !== state[key]);
    if (keys.length === 0) return;
    Object.assign(state, patch);
    if (changed.size === 0) requestAnimationFrame(tell);
    for (const key of keys) changed.add(key);
    if (keys.includes('search')) search(state.search);
    const saved = keys.filter((key) => (SAVED as readonly string[]).includes(key));
    if (saved.length > 0) save(saved.every((key) => OFTEN_CHANGED.has(key)) ? SAVE_AFTER_MS : 0);
  };

  /** Everything else is saved at once: the next key may open the code, which hides the view. */
  const save = (afterMs: number): void => {
    clearTimeout(saveTimer);
    if (afterMs === 0) void host.saveState(savedPart(state));
    else saveTimer = setTimeout(() => void host.saveState(savedPart(state)), afterMs);
  };

  const search = latest(
    (query: string) => (query.trim() === '' ? Promise.resolve<SearchResult>({ count: 0, names: 0, totalNs: 0 }) : trace.search(query)),
    ({ count, error }, query) => {
      if (query === state.search) change({ searchCount: count, searchError: error, searchIndex: -1 });
    },
  );

  const select: App['select'] = async (slice, options = {}) => {
    const ticket = ++selections;
    if (slice === undefined) return change({ selection: undefined, detail: undefined, links: undefined });
    change({ selection: slice });
    const [detail, links] = await Promise.all([trace.detail(slice), trace.links(slice, LINK_LIMIT)]);
    if (ticket !== selections) return;
    change({ detail, links, ...(state.drawerTab === 'area' && { drawerTab: 'slice' }) });
    announce(spoken(detail));
    if (options.zoom) change({ window: around(detail.ref, 0.6) });
    else if (options.show) change({ window: revealed(state.window, detail.ref) });
  };

  const showHits: App['showHits'] = async (query) => {
    change({ tab: 'timeline', search: query });
    const span = await hitSpan(trace, query);
    if (span && query === state.search) change({ window: around(span, 0.9) });
  };

  const copy = (text: string): void => {
    host.copy(text).then(
      () => {
        announce('Copied');
        showNotice('Copied');
      },
      (error: Error) => announce(error.message),
    );
  };

  const loadModel: App['loadModel'] = async (ask = () => host.modelReport()) => {
    const model = await ask().catch((error: Error): NoModel => ({ reason: error.message, fix: 'none' }));
    change({ model });
    const { selection } = state;
    if (selection === undefined) return;
    // Its details tell what it is linked to, now that it is.
    const detail = await trace.detail(selection).catch(() => undefined);
    if (detail && selection === state.selection) change({ detail });
  };

  const loadNcu: App['loadNcu'] = async () => {
    const ncu = await host.ncuReport().catch((error: Error) => announce(error.message));
    change({ ncu: ncu ?? undefined });
  };

  let analysed = false;
  const loadAnalysis = (): void => {
    if (analysed) return;
    analysed = true;
    trace.analysis().then(
      (analysis) => change({ analysis }),
      (error: Error) => change({ analysis: { error: error.message } }),
    );
  };

  const restore = (): void => {
    void loadModel();
    void loadNcu();
    if (state.search) search(state.search);
    if (state.selection !== undefined) void select(state.selection).catch(() => change({ selection: undefined }));
    trace.steps().then(
      (steps) => change({ steps }),
      () => change({ steps: { steps: [], source: 'none', reason: 'The steps could not be found.' } }),
    );
  };

  return {
    info,
    trace,
    host,
    start,
    state,
    change,
    select,
    showHits,
    announce,
    copy,
    loadModel,
    loadNcu,
    loadAnalysis,
    restore,
    onChange: (listener) => void listeners.push(listener),
    hasOwn: (action) => ownHandlers[state.tab]?.[action] !== undefined,
    run: (action) => (ownHandlers[state.tab]?.[action] ?? handlers[action])?.(),
    handle: (actions, tab) => {
      if (tab) ownHandlers[tab] = { ...ownHandlers[tab], ...actions };
      else Object.assign(handlers, actions);
    },
  };
}
