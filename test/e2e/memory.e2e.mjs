// A memory snapshot as a person reads it: opened from its menu in the explorer, at its peak, and the code that took the memory.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually, traceView } from './trace-view.mjs';
import { openWorkbench, realTrace } from './workbench.mjs';

const SNAPSHOT = realTrace('nvidia-torch-memsnapshot-llama3-8b-fsdp-rank0.pickle');
const COPY = 'rank0_memory_snapshot.pickle';

describe('a memory snapshot', { timeout: 200_000, skip: !SNAPSHOT && 'SKIPPED: ../shared/traces is not there; set KERNEL_LENS_TRACES' }, () => {
  let workbench;
  let ui;
  before(async () => {
    workbench = await openWorkbench({ copies: { [COPY]: SNAPSHOT } });
    ui = traceView(workbench);
  });
  after(() => workbench?.close());

  const firstCells = (grid) =>
    eventually(
      () => workbench.view().getByRole('grid', { name: grid, exact: true }).locator('[aria-rowindex="2"] [role=gridcell]').allTextContents(),
      (cells) => cells.length > 3,
    );

  test('opens from the explorer at its Memory tab', async () => {
    const folder = workbench.row('runs');
    if ((await folder.getAttribute('aria-expanded')) === 'false') await folder.click();
    await workbench.row(COPY).click({ button: 'right' });
    await workbench.page.getByRole('menuitem', { name: 'Open in Kernel Lens' }).click();
    await workbench.view().locator('.figure-caption', { hasText: 'peak 36.2 GB allocated' }).waitFor({ timeout: 60_000 });
    await workbench.shot('memory-1-allocated');
  });

  test('says what held the peak, as picture and as table', async () => {
    await ui.tab('At the peak').click();
    assert.deepEqual((await firstCells('At the peak')).slice(2), ['64', '15,032.39', '41.5', '234.88']);
    await workbench
      .view()
      .getByRole('img', { name: /^GPU 0: peak 36\.2 GB in 590 allocations/ })
      .waitFor();
    await workbench.shot('memory-2-peak');
  });

  test('Enter opens the code of an allocation, or says where it was looked for', async () => {
    const cell = workbench.view().getByRole('grid', { name: 'At the peak', exact: true }).locator('[aria-rowindex="2"] [role=gridcell]').first();
    await cell.click({ position: { x: 300, y: 8 } });
    await workbench.page.keyboard.press('Enter');
    await workbench.page
      .getByText(/Kernel Lens found no source of .*model\.py/)
      .first()
      .waitFor();
  });

  test('has its segments', async () => {
    await ui.tab(/^Segments/).click();
    assert.deepEqual((await firstCells('Segments')).slice(-4), ['4,202.69', '4,202.69', '0.00', '0.00']);
    await workbench.shot('memory-3-segments');
    await ui.tab('Timeline').click();
    await ui.lanes().waitFor();
    await workbench.shot('memory-4-timeline');
    assert.deepEqual(workbench.unexpectedErrors(), []);
  });
});
