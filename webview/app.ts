/** One state, one redraw: what every part of the view reads, and the only way to change it. */
import type { Analysis } from '../src/shared/analysis.js';
import type { LinkReport } from '../src/shared/model.js';
import type { NcuReport } from '../src/shared/ncu.js';
import type { AreaReport, SliceDetail, SliceId, SliceLinks, Span, StepsReport, TraceInfo, TrackId } from '../src/shared/protocol.js';
import type { HostApi, NoModel, Start, Tab, ViewState, ViewTraceApi } from '../src/shared/view.js';
import type { ActionName } from './keys.js';

export interface AppState extends ViewState {
  /** loaded once after opening; undefined until then */
  steps?: StepsReport;
  /** the part of the trace on screen */
  window: Span;
  /** loaded for `selection`, after it */
  detail?: SliceDetail;
  links?: SliceLinks;
  /** what all kernels are linked to, or why they are not; undefined while they are being linked */
  model?: LinkReport | NoModel;
  /** what Nsight Compute measured; undefined where nothing is attached, and until it is read */
  ncu?: NcuReport;
  /** what bounds the run, or why that could not be found; undefined until a tab wants it, and while it is made */
  analysis?: Analysis | { error: string };
  area?: { span: Span; tracks: TrackId[]; report?: AreaReport };
  drawerTab: 'slice' | 'area' | 'sameName' | 'flows';
  searchCount: number;
  searchError?: string;
  /** index of the current hit, −1 before the first step */
  searchIndex: number;
  marks: Span[];
  /** trace the theme of the editor: changes when colours must be read again */
  themeVersion: number;
  helpOpen: boolean;
}

export interface App {
  readonly info: TraceInfo;
  readonly trace: ViewTraceApi;
  readonly host: HostApi;
  readonly start: Start;
  readonly state: Readonly<AppState>;
  /** merges, then redraws every view once in the next animation frame; saved for later where it is part of ViewState */
  change(patch: Partial<AppState>): void;
  /** calls back in the next frame after any change; `changed` has the names of what changed */
  onChange(listener: (changed: ReadonlySet<keyof AppState>) => void): void;
  /** selects a slice, loads detail and links, and scrolls or zooms to it when it is out of sight */
  select(slice: SliceId | undefined, options?: { show?: boolean; zoom?: boolean }): Promise<void>;
  /** shows what a search finds: the timeline's window fits the hits of the first step that has any */
  showHits(search: string): Promise<void>;
  /** runs one of keys.ts's actions */
  run(action: ActionName): void;
  /** whether an action does something else in the tab shown than in the others */
  hasOwn(action: ActionName): boolean;
  /** says what actions of keys.ts do, everywhere or in one tab; the part that can do them says it once */
  handle(actions: Partial<Record<ActionName, () => void>>, tab?: Tab): void;
  /** says it to screen readers */
  announce(text: string): void;
  /** puts a text on the clipboard and says so */
  copy(text: string): void;
  /** asks what bounds the run, once; tabs that show it say so */
  loadAnalysis(): void;
  /** asks what Nsight Compute measured */
  loadNcu(): Promise<void>;
  /** asks what kernels are linked to: anew, or after the user was asked for the model or its source */
  loadModel(ask?: () => Promise<LinkReport | NoModel>): Promise<void>;
}

/** A part of the view. Its module exports a function (root, app) that builds it once and then follows `onChange`. */
export type Part = (root: HTMLElement, app: App) => void;
