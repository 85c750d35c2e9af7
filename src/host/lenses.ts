/** Code lenses: what the functions and classes of a Python file cost in the active trace. */
import { CodeLens, type CodeLensProvider, commands, type Disposable, EventEmitter, languages, Range, type TextDocument, workspace } from 'vscode';
import { costsInFile, type SymbolCost } from '../core/source/costs.js';
import { pythonSymbols } from '../core/source/python.js';
import { duration, percent, plural } from '../shared/format.js';
import type { FrameCost } from '../shared/protocol.js';
import { report } from './log.js';
import { setting } from './settings.js';
import type { OpenTrace, Traces } from './traces.js';

/** "9 calls · 16.1 ms GPU · 38.0 % of GPU time"; ≈ where the lines had to tell which function is meant. */
export function lensTitle({ cost, inferred }: SymbolCost, kernelTimeNs: number): string {
  const share = kernelTimeNs > 0 ? ` · ${percent((cost.gpuNs / kernelTimeNs) * 100)} of GPU time` : '';
  const gpu = cost.gpuNs > 0 ? `${duration(cost.gpuNs)} GPU${share}` : 'no GPU work';
  return `${inferred ? '≈ ' : ''}${plural(cost.calls, 'call')} · ${gpu}`;
}

export interface Lenses extends Disposable {
  /** takes the lenses away until another trace is active */
  clear(): void;
}

export function createLenses(traces: Traces): Lenses {
  const changed = new EventEmitter<void>();
  const costs = new WeakMap<OpenTrace, Promise<FrameCost[]>>();
  let cleared: OpenTrace | undefined;

  const shown = (): OpenTrace | undefined => {
    const trace = traces.active();
    return trace?.info && trace !== cleared && setting('codeLens.enabled') ? trace : undefined;
  };
  const refresh = (): void => {
    if (traces.active() !== cleared) cleared = undefined;
    void commands.executeCommand('setContext', 'kernelLens.hasCodeLenses', shown() !== undefined);
    changed.fire();
  };
  const costsOf = (trace: OpenTrace): Promise<FrameCost[]> => {
    const known = costs.get(trace) ?? trace.api.frames();
    costs.set(trace, known);
    return known;
  };

  const provider: CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    async provideCodeLenses(document: TextDocument) {
      const trace = shown();
      if (!trace?.info) return [];
      const { kernelTimeNs } = trace.info;
      try {
        const found = costsInFile(document.uri.path, pythonSymbols(document.getText()), await costsOf(trace));
        return found.map((symbolCost) => {
          const { line } = symbolCost.symbol;
          const title = lensTitle(symbolCost, kernelTimeNs);
          const tooltip = symbolCost.inferred
            ? 'Show its slices in the timeline. The file has several functions of this name; this is the one nearest to the recorded line.'
            : 'Show its slices in the timeline';
          return new CodeLens(new Range(line - 1, 0, line - 1, 0), { title, tooltip, command: 'kernelLens.revealFrame', arguments: [symbolCost.cost.search] });
        });
      } catch (error) {
        // The trace was closed while its frames were on their way.
        if (trace === traces.active()) report(error);
        return [];
      }
    },
  };

  const parts: Disposable[] = [
    changed,
    languages.registerCodeLensProvider({ language: 'python' }, provider),
    traces.onDidChange(refresh),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('kernelLens.codeLens')) refresh();
    }),
  ];
  return {
    clear() {
      cleared = traces.active();
      refresh();
    },
    dispose() {
      for (const part of parts) part.dispose();
    },
  };
}
