// Recordings of other profilers as a person opens them: from their menu in the explorer, with the kernel table and the args of a slice.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually, traceView } from './trace-view.mjs';
import { openWorkbench, realTrace } from './workbench.mjs';

/** Copy beside the sample, the real file, and the first row of its kernel table: part of the name, calls, ms. */
const FILES = [
  ['two-gpus.sqlite', 'nvidia-nsys-torch-2gpu-before.sqlite', ['flash_fwd', '68', '272.317']],
  ['bmm_results.db', 'amd-rocpd-bmm-before.db', ['batched_matrix', '150', '2.734']],
  ['matmul.rpd', 'amd-rpd-matmul.rpd', ['Cijk_Ailk_Bljk_SB', '1', '26.212']],
  ['decode_kernel_trace.csv', 'amd-rocprofv3-llamacpp-decode-kernel_trace.csv', ['mul_mat_vec_q', '10', '0.808']],
];
const copies = Object.fromEntries(FILES.map(([copy, name]) => [copy, realTrace(name)]));

describe('recordings of other profilers', {
  timeout: 300_000,
  skip: !copies['two-gpus.sqlite'] && 'SKIPPED: ../shared/traces is not there; set KERNEL_LENS_TRACES',
}, () => {
  let workbench;
  let ui;
  before(async () => {
    workbench = await openWorkbench({ copies });
    ui = traceView(workbench);
  });
  after(() => workbench?.close());

  for (const [copy, , [name, calls, ms]] of FILES) {
    test(copy, async () => {
      const folder = workbench.row('runs');
      if ((await folder.getAttribute('aria-expanded')) === 'false') await folder.click();
      await workbench.row(copy).click({ button: 'right' });
      await workbench.page.getByRole('menuitem', { name: 'Open in Kernel Lens' }).click();
      await ui.lanes().waitFor({ timeout: 60_000 });
      await workbench.shot(`databases-${copy}-1`);
      await ui.tab(/^Kernels/).click();
      const cells = await eventually(
        () => workbench.view().getByRole('grid', { name: 'Kernels', exact: true }).locator('[aria-rowindex="2"] [role=gridcell]').allTextContents(),
        (texts) => texts.length > 3 && texts.join(' ').includes(name),
      );
      assert.ok(cells.includes(calls) && cells.includes(ms), cells.join(' | '));
      await workbench.shot(`databases-${copy}-2`);
    });
  }
});
