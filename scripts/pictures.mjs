// Takes the README's pictures from the packaged extension, and draws media/icon.png.
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { copies, subject } from '../test/e2e/subject.mjs';
import { eventually, traceView } from '../test/e2e/trace-view.mjs';
import { openWorkbench } from '../test/e2e/workbench.mjs';
import { openBrowser } from './browser.mjs';

const LIMIT_BYTES = 300_000;

async function drawIcon() {
  const browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
  await page.setContent(`<body style="margin:0">${readFileSync('media/icon.svg', 'utf8')}</body>`);
  await page.screenshot({ path: 'media/icon.png', omitBackground: true });
  await browser.close();
}

mkdirSync('media', { recursive: true });
const workbench = await openWorkbench({ copies, viewport: { width: 1440, height: 900 } });
const { page } = workbench;
const ui = traceView(workbench);
const picture = async (name) => {
  await page.screenshot({ path: `media/${name}.png`, caret: 'initial' });
  const { size } = statSync(`media/${name}.png`);
  console.log(`media/${name}.png: ${Math.round(size / 1000)} kB`);
  if (size > LIMIT_BYTES) throw new Error(`media/${name}.png is larger than ${LIMIT_BYTES / 1000} kB`);
};
try {
  await drawIcon();
  const recorded = subject('h100');
  await workbench.openFile('runs', recorded?.copy ?? workbench.sample);
  await ui.lanes().waitFor();
  await workbench.command('View: Toggle Primary Side Bar Visibility');
  await ui.goToStep('decode #3');
  await ui.search('FlashAttnFwdSm90');
  await eventually(ui.selectedName, (text) => text.includes('FlashAttn'));
  await ui.key('f');
  await ui.key('Escape');
  await page.waitForTimeout(1500);
  await picture('timeline');
  await workbench.command('Kernel Lens: Summarize Kernels');
  await workbench.view().getByRole('grid', { name: 'Kernels' }).waitFor();
  await page.waitForTimeout(500);
  await picture('kernels');
} finally {
  await workbench.close();
}
