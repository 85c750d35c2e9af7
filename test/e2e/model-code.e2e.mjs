// From every tab to the code and back, in the sample: the menu of a kernel, the keys of the tables, the layers of a step.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually, traceView } from './trace-view.mjs';
import { openWorkbench } from './workbench.mjs';

const GEMM = '#527ebe';

describe('to the code and back', { timeout: 300_000 }, () => {
  let workbench;
  let ui;
  before(async () => {
    workbench = await openWorkbench();
    ui = traceView(workbench);
    await workbench.openTrace(workbench.sample);
    await ui.lanes().waitFor({ timeout: 30_000 });
    await eventually(ui.laneNames, (names) => names.includes('Modules'));
  });
  after(async () => {
    await workbench?.shot('model-code-last');
    await workbench?.close();
  });

  const activeTab = async () => (await workbench.page.locator('.tab.active').first().textContent()) ?? '';
  const backToTrace = async () => {
    await workbench.page.locator('.tab', { hasText: 'rank0' }).first().click();
    await ui.tab(/^Timeline/).waitFor();
  };
  const show = async (tab) => {
    await ui.tab(tab).click();
    await eventually(
      () => ui.tab(tab).getAttribute('aria-selected'),
      (selected) => selected === 'true',
    );
  };

  test('the menu of a kernel has the way to its model code', async () => {
    await ui.goToStep('decode #3');
    const kernel = await eventually(
      () => ui.widestKernel(GEMM),
      (run) => run?.length >= 3,
    );
    await ui.lanes().click({ button: 'right', position: { x: kernel.x, y: kernel.y } });
    const item = workbench.page.getByRole('menuitem', { name: 'Go to Model Code' });
    await item.waitFor();
    assert.ok(await workbench.page.getByRole('menuitem', { name: 'Go to Kernel Source' }).isVisible());
    await workbench.shot('model-code-1-menu');
    await item.click();
    await eventually(activeTab, (text) => text.includes('.py'));
    await workbench.shot('model-code-2-code');
    await backToTrace();
  });

  test('C goes to the code of the selected row of the kernel table, K to its definition', async () => {
    await show(/^Kernels/);
    const row = workbench.view().locator('.kernels .table-body .row', { hasText: '_compute_slot_mapping_kernel' }).first();
    await row.click();
    await workbench.page.keyboard.press('k');
    await eventually(activeTab, (text) => text.includes('block_table.py'));
    await backToTrace();
    await workbench.view().locator('.kernels .table-body .row', { hasText: 'rms_norm_kernel' }).first().click();
    await workbench.page.keyboard.press('c');
    await eventually(activeTab, (text) => /qwen[23]\.py/.test(text));
    await backToTrace();
  });

  test('a sort by model path comes back with the view', async () => {
    const head = () => workbench.view().getByRole('columnheader', { name: /^Model path/ });
    await head().click();
    await eventually(
      () => head().getAttribute('aria-sort'),
      (sort) => sort === 'ascending',
    );
    await workbench.openFile('vllm', 'v1', 'worker', 'block_table.py');
    await eventually(activeTab, (text) => text.includes('block_table.py'));
    await backToTrace();
    await eventually(
      () => head().getAttribute('aria-sort'),
      (sort) => sort === 'ascending',
    );
  });

  test('the module tree has its keys too', async () => {
    await show(/^Model/);
    const row = () => workbench.view().locator('.module-grid .row', { hasText: 'BlockTable.compute_slot_mapping' }).first();
    await row().click();
    await workbench.page.keyboard.press('k');
    await eventually(activeTab, (text) => text.includes('block_table.py'));
    await backToTrace();
    await workbench.view().locator('.module-grid .row', { hasText: 'gate_up_proj' }).first().click();
    await workbench.page.keyboard.press('c');
    await eventually(activeTab, (text) => text.includes('qwen2.py'));
    await backToTrace();
  });

  test('a layer is chosen with the arrows, and Enter shows its kernels', async () => {
    const chart = workbench.view().locator('.layer-chart canvas');
    const captionText = () => workbench.view().locator('.layer-chart .figure-caption').textContent();
    await eventually(captionText, (text) => /decode #\d/.test(text));
    await chart.focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight']) await workbench.page.keyboard.press(key);
    const caption = await captionText();
    const [, step, layer] = /decode #(\d+) · layer (\d+)/.exec(caption ?? '') ?? assert.fail(caption ?? 'no caption');
    assert.equal(layer, '2');
    await workbench.shot('model-code-3-layer');
    await workbench.page.keyboard.press('Enter');
    await ui.lanes().waitFor();
    const field = workbench.view().locator('.viewbar input').first();
    await eventually(
      () => field.inputValue(),
      (value) => value === `step:${step} layer:${layer}`,
    );
    await eventually(ui.selectedName, (text) => text.includes(`layers.${layer}`));
    await workbench.shot('model-code-4-layer-slices');
  });

  test('nothing left this machine, and nothing unexpected was logged', () => {
    assert.deepEqual([...workbench.outside], []);
    assert.deepEqual(workbench.unexpectedErrors(), []);
  });
});
