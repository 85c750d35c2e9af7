/** The status bar item of the active trace. */
import { type Disposable, StatusBarAlignment, window } from 'vscode';
import { baseName } from './api.js';
import { factsLine, factsOf, headlineText } from './facts.js';
import type { Traces } from './traces.js';

export function createStatus(traces: Traces): Disposable {
  const item = window.createStatusBarItem('kernelLens.trace', StatusBarAlignment.Right, 100);
  item.name = 'Kernel Lens: Active Trace';
  item.command = 'kernelLens.showTrace';
  const show = (): void => {
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
  const listener = traces.onDidChange(show);
  return {
    dispose() {
      listener.dispose();
      item.dispose();
    },
  };
}
