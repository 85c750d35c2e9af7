/** The states without a trace, side by side. */
import '../../webview/style.css';
import { showProgress, showRefusal } from '../../webview/panels/states.js';
import { quietHost } from '../page/quietHost.js';

const host = quietHost('trace.json');

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
