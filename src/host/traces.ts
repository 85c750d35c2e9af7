/** The traces that are open, each read once however many editors show it, and which of them is the active one. */
import { type Event, EventEmitter, type Uri } from 'vscode';
import type { Outcome, Progress, TraceInfo } from '../shared/protocol.js';
import type { Platform, TraceOwner } from './platform.js';

export interface OpenTrace {
  readonly uri: Uri;
  readonly api: TraceOwner['api'];
  readonly outcome: Promise<Outcome>;
  /** undefined until it is open, and when it was refused */
  readonly info: TraceInfo | undefined;
  readonly refused: boolean;
  /** the last news of reading */
  readonly progress: Progress | undefined;
  readonly onProgress: Event<Progress>;
  cancel(): void;
}

export interface Traces {
  /** opens the trace or shares the open one; `release` once for every `acquire` */
  acquire(uri: Uri): OpenTrace;
  release(trace: OpenTrace): void;
  all(): OpenTrace[];
  /** the trace whose editor was active last */
  active(): OpenTrace | undefined;
  activate(trace: OpenTrace): void;
  onDidOpen: Event<{ uri: Uri; info: TraceInfo }>;
  /** a trace was opened, refused or closed, or another one is active */
  onDidChange: Event<void>;
  dispose(): void;
}

export function createTraces(platform: Platform): Traces {
  const changed = new EventEmitter<void>();
  const opened = new EventEmitter<{ uri: Uri; info: TraceInfo }>();
  const open = new Map<string, { trace: OpenTrace; users: number; dispose(): void }>();
  /** in the order in which they were active, the last one last */
  let recent: OpenTrace[] = [];

  const start = (uri: Uri): { trace: OpenTrace; users: number; dispose(): void } => {
    const progressed = new EventEmitter<Progress>();
    let info: TraceInfo | undefined;
    let refused = false;
    let progress: Progress | undefined;
    const owner = platform.open(uri, (now) => {
      progress = now;
      progressed.fire(now);
    });
    const trace: OpenTrace = {
      uri,
      api: owner.api,
      outcome: owner.outcome,
      get info() {
        return info;
      },
      get refused() {
        return refused;
      },
      get progress() {
        return progress;
      },
      onProgress: progressed.event,
      cancel: owner.cancel,
    };
    void owner.outcome.then((outcome) => {
      refused = 'refusal' in outcome;
      if ('info' in outcome) {
        info = outcome.info;
        opened.fire({ uri, info });
      }
      changed.fire();
    });
    const dispose = (): void => {
      owner.dispose();
      progressed.dispose();
    };
    return { trace, users: 0, dispose };
  };

  return {
    acquire(uri) {
      const key = uri.toString();
      const entry = open.get(key) ?? start(uri);
      open.set(key, entry);
      entry.users++;
      return entry.trace;
    },
    release(trace) {
      const key = trace.uri.toString();
      const entry = open.get(key);
      if (!entry || --entry.users > 0) return;
      open.delete(key);
      recent = recent.filter((other) => other !== trace);
      entry.dispose();
      changed.fire();
    },
    all: () => [...open.values()].map(({ trace }) => trace),
    active: () => recent.at(-1),
    activate(trace) {
      if (trace === recent.at(-1)) return;
      recent = [...recent.filter((other) => other !== trace), trace];
      changed.fire();
    },
    onDidOpen: opened.event,
    onDidChange: changed.event,
    dispose() {
      for (const { dispose } of open.values()) dispose();
      open.clear();
      opened.dispose();
      changed.dispose();
    },
  };
}
