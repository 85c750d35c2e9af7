/** What Node and the browser do differently; everything else in this folder is the same for both. */
import type { Uri } from 'vscode';
import type { AnalysisApi } from '../shared/analysis.js';
import type { ModelApi } from '../shared/model.js';
import type { NcuApi } from '../shared/ncu.js';
import type { Outcome, Progress, TraceApi } from '../shared/protocol.js';

/** A trace being read, then read: whoever holds its columns. */
export interface TraceOwner {
  /** answers once the trace is open; every call fails when it is not */
  api: TraceApi & AnalysisApi & ModelApi & NcuApi;
  outcome: Promise<Outcome>;
  /** waits until its index is stored, where indexes are */
  stored(): Promise<void>;
  /** stops reading and keeps what was read */
  cancel(): void;
  dispose(): void;
}

export interface Platform {
  /** starts to read a file */
  open(uri: Uri, progress: (progress: Progress) => void): TraceOwner;
  /** whether a file is a trace, told from its first bytes */
  isTrace(uri: Uri, bytes: number): Promise<boolean>;
  /** deletes the stored indexes; answers how many bytes they had */
  clearStored(): Promise<number>;
  /** how whoever owns a trace names other files and folders; undefined when it cannot read there */
  pathOf(uri: Uri): string | undefined;
  /** folders of the Python environments that the process was started in */
  pythonPrefixes: readonly string[];
  /** whether a file can be read without anybody noticing, so that the view can tell what is in it */
  readsInBackground(uri: Uri): boolean;
}
