// What bounds the run, as a person reads it: the Overview, from a finding to its slices, and the tabs of the reports.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { copies, kernelsOf, subject } from './subject.mjs';
import { eventually, traceView } from './trace-view.mjs';
import { openWorkbench } from './workbench.mjs';

const COMMUNICATES = /ncclDevKernel|cross_device_reduce/;

describe('the analysis', { timeout: 300_000 }, () => {
  let workbench;
  let ui;
  before(async () => {
    workbench = await openWorkbench({ copies });
    ui = traceView(workbench);
  });
  after(() => workbench?.close());

  const open = async (tab) => {
    await ui.tab(new RegExp(`^${tab}`)).click();
    await eventually(
      () => workbench.view().locator('.page:not([hidden]) .loading').count(),
      (count) => count === 0,
    );
  };
  const firstCells = (grid) =>
    eventually(
      () => workbench.view().getByRole('grid', { name: grid }).locator('[aria-rowindex="2"] [role=gridcell]').allTextContents(),
      (cells) => cells.length > 3,
    );

  for (const name of ['h100', 'mi300x']) {
    const trace = subject(name);
    describe(name, { skip: !trace && 'SKIPPED: ../shared/traces is not there; set KERNEL_LENS_TRACES' }, () => {
      test('the Overview says what ran and what bounds each phase', async () => {
        await workbench.openTrace(trace.copy);
        await ui.lanes().waitFor({ timeout: 60_000 });
        await open('Overview');
        const page = workbench.view().locator('.overview');
        assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), '1 prefill of 1049 tokens + 9 decode steps');
        const titles = await page.locator('.verdict-title').allTextContents();
        assert.match(titles[0], /^Compute-bound/);
        assert.match(titles[1], name === 'h100' ? /^Memory-bound/ : /^Overhead-bound/);
        const trust = await page.locator('.trust-row').allTextContents();
        assert.ok(
          trust.some((row) => row.includes('729 of 729 hold kernels')),
          trust.join('\n'),
        );
        await workbench.shot(`${name}-6-overview`);
      });

      test('a finding opens in place, and its link shows its slices in the timeline', async () => {
        const finding = workbench.view().locator('.finding', { hasText: 'Communication is exposed in prefill' });
        await finding.locator('summary').focus();
        await workbench.page.keyboard.press('Enter');
        await finding.locator('.finding-more').getByText('That can gain').waitFor();
        const link = finding.getByRole('button', { name: /in the timeline$/ });
        const counted = (await link.textContent()).replace(' slices', ' hits');
        await link.click();
        await ui.lanes().waitFor();
        await eventually(
          () => workbench.view().locator('.found').textContent(),
          (text) => text?.endsWith(counted),
        );
        await workbench.shot(`${name}-7-finding`);
        await workbench.view().getByRole('button', { name: 'Clear search' }).click();
      });

      test('the Communication tab has the collectives of the file', async () => {
        await open('Communication');
        const cells = await firstCells('Collectives');
        const [most] = kernelsOf(trace.file).filter((kernel) => COMMUNICATES.test(kernel.name));
        assert.equal(cells[3].trim(), most.count.toLocaleString('en-US'));
        assert.equal(cells[4].trim(), (most.totalUs / 1000).toFixed(3));
        await workbench.shot(`${name}-8-communication`);
      });

      test('operators by name, as flames, and what is withheld says why', async () => {
        await open('Operators');
        assert.ok((await firstCells('Operators'))[0].includes('::'));
        await workbench.shot(`${name}-9-operators`);
        await ui.tab('Flame').click();
        await workbench.view().getByText('outer frames folded').waitFor();
        await workbench.shot(`${name}-10-flame`);
        await ui.tab('Roofline').click();
        await workbench.view().locator('.page:not([hidden])').getByText('did not record the shapes').first().waitFor();
        await open('Memory');
        await workbench.view().locator('.page:not([hidden])').getByText('did not record memory').first().waitFor();
        await ui.tab(/^Waits/).click();
        await workbench.view().getByRole('grid', { name: 'Waits' }).waitFor();
        await workbench.shot(`${name}-11-waits`);
      });
    });
  }

  test('the sample has an Overview too, and its tabs have keys', async () => {
    await workbench.openTrace(workbench.sample);
    await ui.lanes().waitFor({ timeout: 30_000 });
    await ui.key('1');
    await workbench.view().locator('.verdict').first().waitFor();
    await workbench.shot('sample-6-overview');
    await workbench.page.keyboard.press('6');
    await workbench.view().locator('.page.communication:not([hidden])').waitFor();
    await workbench.page.keyboard.press('2');
    await ui.lanes().waitFor();
    assert.deepEqual(workbench.unexpectedErrors(), []);
  });
});
