/** The states without a trace, side by side. */
import '../../webview/style.css';
import type { HostApi } from '../../src/shared/view.js';
import { showProgress, showRefusal } from '../../webview/panels/states.js';

const nothing = async (): Promise<void> => undefined;
const host: HostApi = {
  ready: async () => ({ fileName: 'trace.json', reducedMotion: true, labels: 'kernel' }),
  cancel: nothing,
  saveState: nothing,
  openSource: nothing,
  openKernelSource: nothing,
  openPlace: nothing,
  modelReport: async () => ({ reason: 'No source tree.', fix: 'none' }),
  chooseModel: async () => ({ reason: 'No source tree.', fix: 'none' }),
  chooseSource: async () => ({ reason: 'No source tree.', fix: 'none' }),
  snippet: async () => undefined,
  copy: nothing,
  saveTable: nothing,
  reopenAsText: nothing,
  openAnotherTrace: nothing,
  showHelp: nothing,
};

const main = document.createElement('main');
document.body.append(main);

function place(): HTMLElement {
  const root = document.createElement('section');
  root.className = 'app';
  main.append(root);
  return root;
}

showProgress(place(), host).update({ readBytes: 28_400_000, fileBytes: 45_700_000, events: 110_870, stage: 'Reading' });
showRefusal(
  place(),
  {
    title: 'This is not a trace',
    message: 'JSON with the top-level keys name, lockfileVersion and packages, and no traceEvents. Kernel Lens opens PyTorch profiler and Chrome traces.',
  },
  host,
);
