/** The reports of traces: made by whoever owns a trace when somebody looks, and kept while it is open. */
import { type Event, EventEmitter, type Uri } from 'vscode';
import type { Analysis } from '../shared/analysis.js';
import type { OpenTrace, Traces } from './traces.js';

export interface Reports {
  /** waits until the trace is open; fails when it was refused */
  of(trace: OpenTrace): Promise<Analysis>;
  /** of a file, opened for as long as it takes where nobody has it open */
  read(uri: Uri): Promise<Analysis>;
  /** a report was made */
  onDidMake: Event<{ trace: OpenTrace; analysis: Analysis }>;
  dispose(): void;
}

export function createReports(traces: Traces): Reports {
  const made = new EventEmitter<{ trace: OpenTrace; analysis: Analysis }>();
  const reports = new WeakMap<OpenTrace, Promise<Analysis>>();

  const of = (trace: OpenTrace): Promise<Analysis> => {
    const known = reports.get(trace);
    if (known) return known;
    const report = trace.api.analysis();
    reports.set(trace, report);
    report.then(
      (analysis) => made.fire({ trace, analysis }),
      () => reports.delete(trace),
    );
    return report;
  };
  return {
    of,
    async read(uri) {
      const trace = traces.acquire(uri);
      try {
        return await of(trace);
      } finally {
        traces.release(trace);
      }
    },
    onDidMake: made.event,
    dispose: () => made.dispose(),
  };
}
