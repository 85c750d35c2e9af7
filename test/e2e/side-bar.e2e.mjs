// The side bar beside a trace, as a person uses it: what the Traces view says of a run, its findings, and what the status bar says.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { copies, subject } from './subject.mjs';
import { eventually, traceView } from './trace-view.mjs';
import { openWorkbench } from './workbench.mjs';

describe('the side bar', { timeout: 300_000 }, () => {
  const trace = subject('h100');
  let workbench;
  let ui;
  before(async () => {
    workbench = await openWorkbench({ copies });
    ui = traceView(workbench);
  });
  after(() => workbench?.close());

  const rowsOf = (view) => workbench.page.locator(`.pane:has(.pane-header[aria-label^="${view}"]) .monaco-list-row`);

  /** As they stand on screen: VS Code's lists keep their rows in any order. */
  const textsOf = (view) =>
    rowsOf(view).evaluateAll((rows) => rows.sort((a, b) => Number(a.dataset.index) - Number(b.dataset.index)).map((row) => row.textContent));

  describe('h100', { skip: !trace && 'SKIPPED: ../shared/traces is not there; set KERNEL_LENS_TRACES' }, () => {
    test('an opened trace unfolds in the Traces view', async () => {
      await workbench.page.locator('.activitybar [aria-label*="Kernel Lens"]').first().click();
      await rowsOf('Traces').filter({ hasText: 'llama-h100' }).click();
      await ui.lanes().waitFor({ timeout: 60_000 });
      const rows = await eventually(
        () => textsOf('Traces'),
        (texts) => texts.some((text) => /^Model|^LlamaForCausalLM/.test(text)),
      );
      const at = rows.findIndex((text) => text.startsWith('llama-h100'));
      assert.match(rows[at + 1], /^1 prefill \+ 9 decode.*tok\/s/);
      assert.match(rows[at + 2], /^prefill compute-bound.*\/token/);
      assert.match(rows[at + 3], /^decode memory-bound.*\/token/);
      assert.match(rows[at + 4], /^\d+ findings≤ [\d.]+ ms\/step/);
    });

    test('a finding shows its evidence, in the timeline', async () => {
      const findings = rowsOf('Findings');
      await findings.first().waitFor();
      await workbench.shot('h100-12-side-bar');
      await findings.filter({ hasText: /^Communication is exposedprefill [\d.]+ ms$/ }).click();
      await eventually(
        () => workbench.view().locator('.found').textContent(),
        (text) => /^[1-9][\d,]* hits$/.test(text ?? ''),
      );
      assert.equal(await workbench.view().locator('.search input').inputValue(), 'phase:prefill cat:communication');
      await workbench.shot('h100-13-evidence');
    });

    test('the status bar says what the active trace is', async () => {
      const text = await workbench.page.locator('.statusbar [id="kernel-lens.kernel-lens.kernelLens.trace"]').textContent();
      assert.match(text, /1 prefill \+ 9 decode · H100 · rank 0\/4/);
    });
  });
});
