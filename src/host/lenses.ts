/** Code lenses: what lines, functions and classes of a source file cost in the active trace. */
import { CodeLens, type CodeLensProvider, type Disposable, EventEmitter, languages, Range, type TextDocument, workspace } from 'vscode';
import { costsInFile, type SymbolCost } from '../core/source/costs.js';
import { pythonSymbols } from '../core/source/python.js';
import { duration, percent, plural } from '../shared/format.js';
import type { LineCost } from '../shared/model.js';
import type { FrameCost } from '../shared/protocol.js';
import { lineTitle } from './lineText.js';
import { report } from './log.js';
import { setting } from './settings.js';
import type { ShownCosts } from './shownCosts.js';
import type { OpenTrace } from './traces.js';

/** Files that can define models and kernels. */
export const SOURCE_FILES = [{ language: 'python' }, { pattern: '**/*.{cu,cuh,hip}' }];

/** "9 calls · 16.1 ms GPU · 38.0 % of GPU time"; ≈ where the lines had to tell which function is meant. */
export function lensTitle({ cost, inferred }: SymbolCost, kernelTimeNs: number): string {
  const share = kernelTimeNs > 0 ? ` · ${percent((cost.gpuNs / kernelTimeNs) * 100)} of GPU time` : '';
  const gpu = cost.gpuNs > 0 ? `${duration(cost.gpuNs)} GPU${share}` : 'no GPU work';
  return `${inferred ? '≈ ' : ''}${plural(cost.calls, 'call')} · ${gpu}`;
}

function lensAt(line: number, title: string, tooltip: string, search: string): CodeLens {
  return new CodeLens(new Range(line - 1, 0, line - 1, 0), { title, tooltip, command: 'kernelLens.revealFrame', arguments: [search] });
}

function lineLens(line: LineCost): CodeLens {
  return lensAt(line.place.line, lineTitle(line), `Show its slices in the timeline. ${line.reason}`, line.search);
}

function frameLens(symbolCost: SymbolCost, kernelTimeNs: number): CodeLens {
  const tooltip = symbolCost.inferred
    ? 'Show its slices in the timeline. The file has several functions of this name; this is the one nearest to the recorded line.'
    : 'Show its slices in the timeline';
  return lensAt(symbolCost.symbol.line, lensTitle(symbolCost, kernelTimeNs), tooltip, symbolCost.cost.search);
}

/** Lines that the model links have their lens; functions that only the recorded frames know have one of calls. */
export function createLenses(shown: ShownCosts): Disposable {
  const changed = new EventEmitter<void>();
  const costs = new WeakMap<OpenTrace, Promise<FrameCost[]>>();
  const costsOf = (trace: OpenTrace): Promise<FrameCost[]> => {
    const known = costs.get(trace) ?? trace.api.frames();
    costs.set(trace, known);
    return known;
  };

  const provider: CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    async provideCodeLenses(document: TextDocument) {
      const trace = setting('codeLens.enabled') ? shown.trace() : undefined;
      if (!trace?.info) return [];
      const { kernelTimeNs } = trace.info;
      const lines = shown.lines(document);
      const taken = new Set(lines.map(({ place }) => place.line));
      try {
        const frames = costsInFile(document.uri.path, pythonSymbols(document.getText()), await costsOf(trace));
        return [...lines.map(lineLens), ...frames.filter(({ symbol }) => !taken.has(symbol.line)).map((cost) => frameLens(cost, kernelTimeNs))];
      } catch (error) {
        // The trace was closed while its frames were on their way.
        if (trace === shown.trace()) report(error);
        return [];
      }
    },
  };

  const parts: Disposable[] = [
    changed,
    languages.registerCodeLensProvider(SOURCE_FILES, provider),
    shown.onDidChange(() => changed.fire()),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('kernelLens.codeLens')) changed.fire();
    }),
  ];
  return {
    dispose() {
      for (const part of parts) part.dispose();
    },
  };
}
