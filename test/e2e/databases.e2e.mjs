// Recordings of other profilers as a person opens them: from their menu in the explorer, with timeline and kernel table.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually, traceView } from './trace-view.mjs';
import { openWorkbench, realTrace } from './workbench.mjs';

/** Copy beside the sample, the real file, and of the first row of its kernel table: the name's beginning, calls, ms. */
const FILES = [
  ['two-gpus.sqlite', 'nvidia-nsys-torch-2gpu-before.sqlite', 'flash::flash_fwd_kernel', '68', '272.317'],
  ['bmm_results.db', 'amd-rocpd-bmm-before.db', 'batched_matrix', '150', '2.734'],
];

for (const [copy, name, kernel, calls, ms] of FILES) {
  const file = realTrace(name);
  describe(copy, { timeout: 120_000, skip: !file && 'SKIPPED: ../shared/traces is not there; set KERNEL_LENS_TRACES' }, () => {
    let workbench;
    before(async () => {
      workbench = await openWorkbench({ copies: { [copy]: file } });
    });
    after(() => workbench?.close());

    test('opens from the explorer', async () => {
      const ui = traceView(workbench);
      const folder = workbench.row('runs');
      if ((await folder.getAttribute('aria-expanded')) === 'false') await folder.click();
      await workbench.row(copy).click({ button: 'right' });
      await workbench.page.getByRole('menuitem', { name: 'Open in Kernel Lens' }).click();
      await ui.lanes().waitFor({ timeout: 60_000 });
      await eventually(ui.laneNames, (names) => names.some((lane) => lane.startsWith('Stream')));
      await workbench
        .view()
        .getByText(/[1-9][\d,]* slices/)
        .first()
        .waitFor();
      await workbench.shot(`databases-${copy}-1-timeline`);
      await ui.tab(/^Kernels/).click();
      const cells = await eventually(
        () => workbench.view().getByRole('grid', { name: 'Kernels', exact: true }).locator('[aria-rowindex="2"] [role=gridcell]').allTextContents(),
        (texts) => texts.length > 3 && texts[0].startsWith(kernel),
      );
      assert.deepEqual(cells.slice(2, 4), [calls, ms]);
      await workbench.shot(`databases-${copy}-2-kernels`);
    });
  });
}
