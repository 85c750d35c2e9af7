/** What open source files show of the active trace: lenses, heat and hovers all ask here. */
import { commands, type Disposable, type Event, EventEmitter, type TextDocument } from 'vscode';
import type { LineCost } from '../shared/model.js';
import { createEdits } from './edits.js';
import { linesOf } from './lineText.js';
import type { Models } from './models.js';
import type { OpenTrace, Traces } from './traces.js';

export interface ShownCosts extends Disposable {
  /** the trace whose costs are shown; undefined when none is open, or after `clear` */
  trace(): OpenTrace | undefined;
  /** the costs of the document's lines where they are now, without those that were edited since; empty until the trace is linked, which this begins */
  lines(document: TextDocument): LineCost[];
  /** takes everything away until another trace is active */
  clear(): void;
  onDidChange: Event<void>;
}

export function createShownCosts(traces: Traces, models: Models): ShownCosts {
  const changed = new EventEmitter<void>();
  const edits = createEdits();
  let cleared: OpenTrace | undefined;
  const trace = (): OpenTrace | undefined => {
    const active = traces.active();
    return active?.info && active !== cleared ? active : undefined;
  };
  const refresh = (): void => {
    if (traces.active() !== cleared) cleared = undefined;
    void commands.executeCommand('setContext', 'kernelLens.hasCodeLenses', trace() !== undefined);
    changed.fire();
  };
  const relinked = (): void => {
    edits.linkedAnew();
    refresh();
  };
  /** Edits keep the lines' order. */
  const moved = (document: TextDocument, line: LineCost): LineCost[] => {
    const now = edits.lineNow(document, line.place.line);
    return now === undefined ? [] : [{ ...line, place: { ...line.place, line: now } }];
  };
  const parts: Disposable[] = [changed, edits, traces.onDidChange(refresh), models.onDidChange(relinked)];
  return {
    trace,
    lines(document) {
      const shown = trace();
      if (!shown) return [];
      const report = models.known(shown);
      if (!report) void models.report(shown);
      const file = models.placeOf(shown, document.uri);
      return report && file !== undefined ? linesOf(file, report.lines).flatMap((line) => moved(document, line)) : [];
    },
    clear() {
      cleared = traces.active();
      refresh();
    },
    onDidChange: changed.event,
    dispose() {
      for (const part of parts) part.dispose();
    },
  };
}
