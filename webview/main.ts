/** Boots the view: connects to the extension host, shows progress or refusal, and mounts the parts of an opened trace. */
import './style.css';
import './timeline/timeline.css';
import type { TraceInfo } from '../src/shared/protocol.js';
import { type Channel, connect, serve } from '../src/shared/rpc.js';
import { type HostApi, type Reveal, TABS, type Tab, type ViewApi, type ViewTraceApi } from '../src/shared/view.js';
import type { App } from './app.js';
import { ACTIONS, actionOf, isAction } from './keys.js';
import { showBanners } from './panels/banners.js';
import { drawer } from './panels/drawer.js';
import { helpSheet } from './panels/help.js';
import { kernelTable } from './panels/kernels.js';
import { modelTab } from './panels/model/modelTab.js';
import { overview } from './panels/overview/overview.js';
import { communicationTab } from './panels/reports/communication.js';
import { memoryTab } from './panels/reports/memory.js';
import { operatorsTab } from './panels/reports/operators.js';
import { stepsTab } from './panels/reports/steps.js';
import { showEmpty, showProgress, showRefusal } from './panels/states.js';
import { viewBar } from './panels/viewbar.js';
import { createApp } from './state.js';
import { onThemeChange } from './theme.js';
import { timeline } from './timeline/timeline.js';
import { viewDispatch } from './viewApi.js';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

function windowChannel(): Channel {
  const { postMessage } = acquireVsCodeApi();
  return {
    post: (message) => postMessage(message),
    listen: (receive) => addEventListener('message', ({ data }) => receive(data)),
  };
}

function section(parent: HTMLElement, className: string): HTMLElement {
  const made = document.createElement('section');
  made.className = className;
  parent.append(made);
  return made;
}

/** Keys that the focused element needs for itself. */
function ownsKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('input, textarea, select, vscode-text-field, vscode-dropdown, [contenteditable]')) return true;
  return (key === 'Enter' || key === ' ') && target.closest('button, a, summary, vscode-button, [role=tab], [role=row], [role=gridcell]') !== null;
}

function followKeys(app: App): void {
  addEventListener('keydown', (event) => {
    const name = actionOf(event);
    if (event.defaultPrevented || !name || ownsKey(event.target, event.key)) return;
    const group = ACTIONS.find((action) => action.name === name)?.group;
    const timelineOnly = group === 'Move' || group === 'Select';
    if (timelineOnly && app.state.tab !== 'timeline' && !app.hasOwn(name)) return;
    event.preventDefault();
    app.run(name);
  });
}

/** Tabs that show parts of the analysis. */
const ANALYSED: ReadonlySet<Tab> = new Set(['overview', 'steps', 'operators', 'communication', 'memory']);

/** Builds the parts of an opened trace. The first frame waits for the fonts, which the canvases measure. */
function mount(root: HTMLElement, app: App): void {
  root.replaceChildren();
  viewBar(section(root, 'viewbar'), app);
  showBanners(section(root, 'banners'), app);
  if (app.info.emptyReason && !app.info.isMemory) showEmpty(section(root, 'empty'), app);
  const page = (): HTMLElement => section(root, 'page');
  const pages: Record<Tab, HTMLElement> = {
    overview: page(),
    timeline: page(),
    kernels: page(),
    steps: page(),
    operators: page(),
    communication: page(),
    memory: page(),
    model: page(),
  };
  timeline(section(pages.timeline, 'timeline'), app);
  drawer(section(pages.timeline, 'drawer'), app);
  overview(pages.overview, app);
  kernelTable(pages.kernels, app);
  stepsTab(pages.steps, app);
  operatorsTab(pages.operators, app);
  communicationTab(pages.communication, app);
  memoryTab(pages.memory, app);
  modelTab(pages.model, app);
  helpSheet(section(root, 'help'), app);
  const showTab = (): void => {
    for (const tab of TABS) pages[tab].hidden = tab !== app.state.tab;
    if (ANALYSED.has(app.state.tab)) app.loadAnalysis();
  };
  showTab();
  app.onChange((changed) => {
    if (changed.has('tab')) showTab();
  });
}

/** Says a text to screen readers. */
function createAnnouncer(): (text: string) => void {
  const live = document.createElement('div');
  live.className = 'visually-hidden';
  live.setAttribute('aria-live', 'polite');
  document.body.append(live);
  return (text) => {
    live.textContent = text;
  };
}

/** Shows what the host asks for; `focus` puts the keyboard where it is shown. */
function reveal(root: HTMLElement, app: App, { tab, search, selection, span, focus }: Reveal): void {
  app.change({ ...(tab && { tab }), ...(search !== undefined && { search }), ...(span && { window: span }) });
  if (search && !span && app.state.tab === 'timeline') void app.showHits(search).catch((error: Error) => app.announce(error.message));
  if (selection !== undefined) void app.select(selection, { show: !span }).catch((error: Error) => app.announce(error.message));
  const shown = '.page:not([hidden])';
  if (focus) requestAnimationFrame(() => root.querySelector<HTMLElement>(`${shown} [role=grid] [tabindex="0"], ${shown} canvas[tabindex="0"]`)?.focus());
}

function boot(): void {
  const root = document.createElement('main');
  root.className = 'app';
  document.body.append(root);
  const announce = createAnnouncer();
  const channel = windowChannel();
  const host = connect<HostApi & ViewTraceApi>(channel);
  const started = host.ready();
  const progress = showProgress(root, host);
  let app: App | undefined;
  /** what the host asked for before the trace was open */
  const waiting: ((app: App) => void)[] = [];
  const whenOpen = async (run: (app: App) => void): Promise<void> => {
    if (app) run(app);
    else waiting.push(run);
  };

  const open = async (info: TraceInfo): Promise<void> => {
    const opened = createApp(info, host, host, await started, announce);
    mount(root, opened);
    followKeys(opened);
    onThemeChange(() => opened.change({ themeVersion: opened.state.themeVersion + 1 }));
    opened.restore();
    app = opened;
    for (const run of waiting) run(opened);
  };
  const view: ViewApi = {
    progress: async (now) => progress.update(now),
    opened: open,
    refused: async (refusal) => showRefusal(root, refusal, host),
    reveal: (what) => whenOpen((opened) => reveal(root, opened, what)),
    modelChanged: () => whenOpen((opened) => void opened.loadModel()),
    ncuChanged: () => whenOpen((opened) => void opened.loadNcu()),
    run: (action) =>
      whenOpen((opened) => {
        if (isAction(action)) opened.run(action);
      }),
  };
  serve(channel, viewDispatch(view));
}

boot();
