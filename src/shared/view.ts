/** What the extension host and a webview say to each other: the view asks `HostApi` and, through it, the trace; the host asks `ViewApi`. */
import type { AnalysisApi } from './analysis.js';
import type { LinkReport, ModelApi } from './model.js';
import type { NcuApi, NcuReport } from './ncu.js';
import type { Frame, Progress, Refusal, SliceId, Span, TraceApi, TraceInfo, TrackId } from './protocol.js';

/** What a view asks of its trace: `modelLink` answers undefined, `modelLabels` and `modules` nothing, until the host has linked the trace, see `HostApi.modelReport`. */
export interface ViewTraceApi extends TraceApi, AnalysisApi, Pick<ModelApi, 'modelLink' | 'modelLabels' | 'modules'>, Pick<NcuApi, 'ncu'> {}

export const TABS = ['overview', 'timeline', 'kernels', 'steps', 'operators', 'communication', 'memory', 'model'] as const;
export type Tab = (typeof TABS)[number];

/** What survives hiding, reloading and restarting. */
export interface ViewState {
  tab: Tab;
  window?: Span;
  selection?: SliceId;
  pinned: TrackId[];
  collapsed: string[];
  search: string;
  drawerPx: number;
  drawerOpen: boolean;
  kernelSort: string;
  kernelFilter: string;
}

/** What the view is shown first; `state` is undefined for a trace never opened before. */
export interface Start {
  fileName: string;
  state?: ViewState;
  reducedMotion: boolean;
  labels: 'kernel' | 'model';
}

export interface TableExport {
  /** suggested file name without extension */
  name: string;
  columns: string[];
  rows: (string | number)[][];
}

/** Why kernels are not linked to model code, and which of HostApi's questions to the user can change that. */
export interface NoModel {
  /** one sentence for people */
  reason: string;
  /** `chooseModel` when several models may have run, `chooseSource` when no source tree was found */
  fix: 'chooseModel' | 'chooseSource' | 'none';
}

/** A few lines of a source file. */
export interface Snippet {
  /** number of the first line, from 1 */
  fromLine: number;
  lines: string[];
}

/** Answered by the extension host for one editor. */
export interface HostApi {
  ready(): Promise<Start>;
  cancel(): Promise<void>;
  saveState(state: ViewState): Promise<void>;
  /** opens the model code that caused the slice; an element of its chain when given */
  openSource(slice: SliceId, link?: number): Promise<void>;
  /** opens the definition of the slice's kernel, or says which library it comes from */
  openKernelSource(slice: SliceId): Promise<void>;
  /** opens a line of a SourcePlace; `file` as the place names it */
  openPlace(file: string, line: number): Promise<void>;
  /** opens the function of a frame as it was recorded, or says where it was looked for */
  openFrame(frame: Frame): Promise<void>;
  /**
   * Finds the source tree, links every kernel (once, however many ask) and answers the report, or why there is none.
   * Never asks the user anything. `modelChanged` tells the view when to ask anew.
   */
  modelReport(): Promise<LinkReport | NoModel>;
  /** asks the user which model ran and remembers the answer for this trace; the new report, or the old answer when dismissed */
  chooseModel(): Promise<LinkReport | NoModel>;
  /** asks the user for the folder that holds `vllm/` or `sglang/` and remembers it for the workspace */
  chooseSource(): Promise<LinkReport | NoModel>;
  /** what Nsight Compute measured beside the trace, or as the user attached it; undefined when there is nothing. `ncuChanged` tells when to ask anew */
  ncuReport(): Promise<NcuReport | undefined>;
  /** lines around a line of a SourcePlace, with `context` lines before and after; undefined when the file is gone */
  snippet(file: string, line: number, context: number): Promise<Snippet | undefined>;
  copy(text: string): Promise<void>;
  /** puts the run's report on the clipboard, as Markdown */
  copySummary(): Promise<void>;
  /** asks for CSV, JSON or Markdown and a place */
  saveTable(table: TableExport): Promise<void>;
  reopenAsText(): Promise<void>;
  openAnotherTrace(): Promise<void>;
  showHelp(): Promise<void>;
}

export interface Reveal {
  tab?: Tab;
  search?: string;
  selection?: SliceId;
  span?: Span;
  focus?: boolean;
}

/** Answered by a webview. */
export interface ViewApi {
  progress(progress: Progress): Promise<void>;
  opened(info: TraceInfo): Promise<void>;
  refused(refusal: Refusal): Promise<void>;
  reveal(reveal: Reveal): Promise<void>;
  /** kernels are linked, linked anew, or no longer: `modelReport` and `modelLink` have new answers */
  modelChanged(): Promise<void>;
  /** other files of Nsight Compute are attached: `ncuReport` and `ncu` have new answers */
  ncuChanged(): Promise<void>;
  /** an action of the view by its name (keys.ts), so that palette commands can run it */
  run(action: string): Promise<void>;
}
