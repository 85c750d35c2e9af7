// Takes the README's pictures from the packaged extension, and draws media/icon.png.
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { copies, subject } from '../test/e2e/subject.mjs';
import { eventually, traceView } from '../test/e2e/trace-view.mjs';
import { openWorkbench } from '../test/e2e/workbench.mjs';
import { openBrowser } from './browser.mjs';

const LIMIT_BYTES = 320_000;
/** until tiles, charts and tooltips are as they stay */
const SETTLE_MS = 2_000;

async function drawIcon() {
  const browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
  await page.setContent(`<body style="margin:0">${readFileSync('media/icon.svg', 'utf8')}</body>`);
  await page.screenshot({ path: 'media/icon.png', omitBackground: true });
  await browser.close();
}

mkdirSync('media', { recursive: true });
const workbench = await openWorkbench({ copies, viewport: { width: 1440, height: 900 } });
const { page, view } = workbench;
const ui = traceView(workbench);
const picture = async (name) => {
  await page.mouse.move(0, 0);
  await page.waitForTimeout(SETTLE_MS);
  await page.screenshot({ path: `media/${name}.png`, caret: 'initial' });
  const { size } = statSync(`media/${name}.png`);
  console.log(`media/${name}.png: ${Math.round(size / 1000)} kB`);
  if (size > LIMIT_BYTES) throw new Error(`media/${name}.png is larger than ${LIMIT_BYTES / 1000} kB`);
};
try {
  await drawIcon();
  await workbench.openTrace(subject('h100')?.copy ?? workbench.sample);
  await ui.lanes().waitFor();
  await workbench.command('View: Toggle Primary Side Bar Visibility');
  await ui.goToStep('decode #3');
  await ui.search('tilesize64x128x64');
  await eventually(ui.selectedName, (text) => text.includes('64x128x64'));
  // Later in the step, where the GPU is busy.
  for (let step = 0; step < 40; step++) await ui.key('.');
  await view().getByRole('button', { name: 'Clear search' }).click();
  // Once to the slice, once more until it fills the window, then out again as far as its launch.
  for (const key of ['f', 'f', ...'sssssssss']) await ui.key(key);
  await picture('timeline');

  await workbench.command('Kernel Lens: Summarize Kernels');
  await view().getByRole('grid', { name: 'Kernels' }).waitFor();
  await picture('kernels');

  await ui.tab(/^Overview/).click();
  await view().locator('.verdict').first().waitFor();
  await picture('overview');

  await workbench.command('View: Toggle Primary Side Bar Visibility');
  await workbench.openTrace(workbench.sample);
  await ui.lanes().waitFor();
  await workbench.command('View: Toggle Primary Side Bar Visibility');
  await ui.search('fused_add_rms_norm_kernel');
  await eventually(ui.selectedName, (text) => text.includes('fused_add_rms_norm_kernel'));
  await view().getByRole('button', { name: 'Clear search' }).click();
  for (const key of ['f', 'f', ...'ssssss']) await ui.key(key);
  await page.waitForTimeout(SETTLE_MS);
  await ui.key('c');
  await page.locator('.tab.active', { hasText: 'qwen3.py' }).waitFor();
  await workbench.command('View: Move Editor into Next Group');
  await page.locator('.codelens-decoration:visible', { hasText: 'GPU' }).first().waitFor();
  await picture('source');
} finally {
  await workbench.close();
}
