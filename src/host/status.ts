/** The status bar items of the active trace: what ran, and how much of it is linked to model code. */
import { type Disposable, StatusBarAlignment, window } from 'vscode';
import { percent } from '../shared/format.js';
import { baseName } from './api.js';
import { factsLine, factsOf, headlineText } from './facts.js';
import type { Models } from './models.js';
import type { Traces } from './traces.js';

export function createStatus(traces: Traces, models: Models): Disposable {
  const item = window.createStatusBarItem('kernelLens.trace', StatusBarAlignment.Right, 100);
  item.name = 'Kernel Lens: Active Trace';
  item.command = 'kernelLens.showTrace';
  const linked = window.createStatusBarItem('kernelLens.linked', StatusBarAlignment.Right, 99);
  linked.name = 'Kernel Lens: GPU Time Linked to Model Code';
  linked.command = 'kernelLens.view.model';
  const showLinked = (): void => {
    const trace = traces.active();
    const report = trace && models.known(trace);
    if (!report) {
      linked.hide();
      return;
    }
    linked.text = `$(type-hierarchy) ${percent(100 - (report.coverage.none ?? 0))} linked`;
    linked.tooltip = [`GPU time of kernels that are linked to ${report.architecture}`, report.root, ...report.warnings].join('\n');
    linked.accessibilityInformation = { label: `Kernel Lens, ${linked.text.replace('$(type-hierarchy) ', '')} to ${report.architecture}` };
    linked.show();
  };
  const show = (): void => {
    showLinked();
    const trace = traces.active();
    if (!trace || trace.refused) {
      item.hide();
      return;
    }
    const line = trace.info ? headlineText(factsOf(trace.info)) : 'reading…';
    item.text = `$(pulse) ${line}`;
    item.tooltip = `${baseName(trace.uri)}\n${trace.info ? factsLine(factsOf(trace.info)) : ''}`.trim();
    item.accessibilityInformation = { label: `Kernel Lens, active trace ${baseName(trace.uri)}, ${line}` };
    item.show();
  };
  const parts: Disposable[] = [item, linked, traces.onDidChange(show), models.onDidChange(showLinked)];
  return {
    dispose() {
      for (const part of parts) part.dispose();
    },
  };
}
