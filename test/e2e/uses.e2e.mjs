// The three uses, by a person: open a trace from the explorer, summarize its kernels, jump to the model code.
import assert from 'node:assert/strict';

import { after, before, describe, test } from 'node:test';
import { pixelsOf, share, widestRun } from './pixels.mjs';
import { copies, kernelsOf, subject } from './subject.mjs';
import { eventually, traceView } from './trace-view.mjs';
import { openWorkbench } from './workbench.mjs';

const GEMM = '#527ebe';
const PREFILL = '#c08a3e';
const DECODE = '#429a90';

describe('the three uses', { timeout: 300_000 }, () => {
  let workbench;
  let ui;
  before(async () => {
    workbench = await openWorkbench({ copies });
    ui = traceView(workbench);
  });
  after(async () => {
    await workbench?.shot('last');
    await workbench?.close();
  });

  for (const name of ['h100', 'mi300x']) {
    const trace = subject(name);
    describe(name, { skip: !trace && 'SKIPPED: ../shared/traces is not there; set KERNEL_LENS_TRACES' }, () => {
      test('a click in the explorer opens the timeline', async () => {
        await workbench.openTrace(trace.copy);
        await ui.lanes().waitFor({ timeout: 60_000 });
        const names = await eventually(ui.laneNames, (found) => found.includes('Steps') && found.includes('Main thread'));
        const streams = names.filter((lane) => /^Stream \d+$/.test(lane));
        assert.ok(streams.length > 0, names.join(', '));
        await eventually(
          () => ui.tab(/^Steps/).textContent(),
          (text) => text === `Steps ${trace.steps}`,
        );
        const pixels = await eventually(ui.pixels, (found) => share(found, GEMM) > 0.005);
        assert.ok(share(pixels, GEMM) < 0.5);
        await workbench.shot(`${name}-1-timeline`);
      });

      test('the strip has one prefill and then decode', async () => {
        const edges = async () => {
          const strip = await pixelsOf(workbench.page, workbench.view().locator('.strip'));
          return { prefill: widestRun(strip, PREFILL), decode: widestRun(strip, DECODE) };
        };
        await eventually(edges, ({ prefill, decode }) => prefill && decode && prefill.x < decode.x);
      });

      test('a decode step can be zoomed into, and a click selects a kernel', async () => {
        await ui.goToStep(trace.decodeStep);
        const kernel = await eventually(
          () => ui.widestKernel(GEMM),
          (run) => run?.length >= 4,
        );
        await ui.lanes().click({ position: { x: kernel.x, y: kernel.y } });
        const names = kernelsOf(trace.file).map(({ name }) => name);
        await eventually(ui.selectedName, (text) => names.some((kernelName) => text.includes(kernelName)));
        await workbench.page.mouse.move(0, 0);
        await workbench.shot(`${name}-2-decode-step`);
      });

      test('the launch of the selected kernel is one key away, and back', async () => {
        await ui.key('f');
        await ui.key('[');
        await eventually(ui.selectedName, (text) => /(cuda|hip)(GraphLaunch|LaunchKernel|ModuleLaunchKernel|LaunchKernelExC?)/.test(text));
        await workbench.shot(`${name}-3-launch`);
        await ui.key(']');
        await eventually(ui.selectedName, (text) => /gemm|Cijk|nvjet|cutlass/i.test(text));
        await workbench.shot(`${name}-4-kernel`);
      });

      test('Summarize Kernels from the palette shows every kernel by time', async () => {
        await workbench.command('Kernel Lens: Summarize Kernels');
        const grid = workbench.view().getByRole('grid', { name: 'Kernels' });
        await grid.waitFor();
        const kernels = kernelsOf(trace.file);
        const first = grid.locator('[aria-rowindex="2"]');
        const cells = await eventually(
          () => first.locator('[role=gridcell]').allTextContents(),
          (found) => found.length > 4,
        );
        assert.equal(cells[2].trim(), kernels[0].count.toLocaleString('en-US'));
        assert.equal(cells[3].trim(), (kernels[0].totalUs / 1000).toFixed(3));
        assert.equal(await first.locator('[role=gridcell]').first().getAttribute('title'), kernels[0].name);
        assert.ok(Number(await grid.getAttribute('aria-rowcount')) - 1 >= kernels.length);
        await workbench.shot(`${name}-5-kernels`);
      });
    });
  }

  describe('sample', () => {
    test('opens, with its steps', async () => {
      await workbench.openTrace(workbench.sample);
      await ui.lanes().waitFor({ timeout: 30_000 });
      await eventually(
        () => ui.tab(/^Steps/).textContent(),
        (text) => text === 'Steps 7',
      );
      await workbench.shot('sample-1-timeline');
    });

    test('from a kernel to the model code that launched it', async () => {
      await ui.search('fused_add_rms_norm_kernel');
      await eventually(ui.selectedName, (text) => text.includes('fused_add_rms_norm_kernel'));
      await workbench.shot('sample-2-kernel');
      await eventually(ui.laneNames, (names) => names.includes('Modules'));
      await ui.key('e');
      await eventually(ui.selectedName, (text) => /1 track · 1 slice /.test(text));
      await ui.key('c');
      await workbench.page.locator('.tab.active', { hasText: '.py' }).waitFor();
      const line = workbench.page.locator('.editor-instance .view-line', { hasText: /def\sforward/ });
      await line.first().waitFor();
      await workbench.shot('sample-3-source');
    });

    test('the model code says what it costs', async () => {
      await workbench.openFile('vllm', 'model_executor', 'models', 'qwen3.py');
      const lens = workbench.page.locator('.codelens-decoration:visible', { hasText: /GPU|µs|ms/ });
      await lens.first().waitFor();
      await workbench.shot('sample-4-lens');
    });

    test('the Traces view lists the traces of the workspace', async () => {
      await workbench.page.locator('.activitybar [aria-label*="Kernel Lens"]').first().click();
      const rows = workbench.page.locator('.part.sidebar .monaco-list-row');
      await eventually(
        () => rows.allTextContents(),
        (texts) => texts.some((text) => text.includes('rank0')) && texts.some((text) => text.includes('rank1')),
      );
      await workbench.shot('sample-5-traces');
    });
  });

  test('nothing left this machine, and nothing unexpected was logged', () => {
    assert.deepEqual([...workbench.outside], []);
    assert.deepEqual(workbench.unexpectedErrors(), []);
  });
});
