/** What Nsight Compute measured, in the view: beside the kernel in the table, and beside a slice in the drawer. Needs a Chromium. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Records } from '../../src/core/read/read.js';
import { createSession } from '../../src/core/session/session.js';
import { draw, sliceNamed } from '../draw.js';
import { openBrowser } from './browser.js';
import { openView } from './page.js';
import { quietHost } from './quietHost.js';

const HOSTILE = '<img src=x onerror=alert(1)>';
const HEADER =
  '"ID","Process ID","Kernel Name","Block Size","Grid Size","Section Name","Metric Name","Metric Unit","Metric Value","Rule Name","Rule Type","Rule Description","Estimated Speedup Type","Estimated Speedup"';
const row = (id: number, metric: string, unit: string, value: string) =>
  `"${id}","7","gemm","(32, 4, 1)","(224, 1, 1)","Occupancy","${metric}","${unit}","${value}",`;
const CSV = [
  HEADER,
  row(0, 'Achieved Occupancy', '%', '11.32'),
  row(0, 'Compute (SM) Throughput', '%', '9.15'),
  row(0, 'Stall Barrier', 'inst', '4.25'),
  `"0","7","gemm","(32, 4, 1)","(224, 1, 1)","Occupancy","","","","Theoretical","OPT","Registers limit it ${HOSTILE}","global","80.34"`,
  row(1, 'Achieved Occupancy', '%', '22.64'),
  '"2","7","other","(1, 1, 1)","(1, 1, 1)","Occupancy","Achieved Occupancy","%","1.25",',
].join('\n');

const trace = draw('stream7 |aa bb aa aa', { legend: { a: 'gemm', b: 'norm' } });
const records: Records = { text: async () => '{"ph": "X"}', pass: async () => {}, save: () => new Uint8Array(0) };

test('Nsight Compute beside the kernel and the slice', async () => {
  const session = createSession(trace, records, { fileName: 'drawn.json', fileBytes: 10 });
  const report = await session.attachNcu([{ name: 'ncu.csv', text: CSV }]);
  const browser = await openBrowser();
  try {
    const start = await quietHost('drawn.json').ready();
    const state = {
      tab: 'kernels' as const,
      selection: sliceNamed(trace, 'gemm'),
      pinned: [],
      collapsed: [],
      search: '',
      drawerPx: 300,
      drawerOpen: true,
      kernelSort: '',
      kernelFilter: '',
    };
    const host = { ...quietHost('drawn.json'), ready: async () => ({ ...start, state }), ncuReport: async () => report };
    const { page, errors } = await openView(browser, session, { host });
    const section = page.locator('.kernel-detail .ncu');
    await page.locator('.kernels .table-body .row', { hasText: 'gemm' }).first().click();
    await section.waitFor();
    const text = (await section.textContent()) ?? '';
    for (const part of [
      '11.32 %',
      '9.15 %',
      'barrier 4.25 inst',
      '224 × 1 × 1',
      'Measured asgemm',
      'Optimization',
      HOSTILE,
      '80.3',
      '1 of 2',
      '1 of 3 measured launches',
    ])
      assert.ok(text.includes(part), `${part} is not in ${text}`);
    assert.equal(await section.locator('img').count(), 0);

    await section.locator('summary').focus();
    await page.keyboard.press('Enter');
    await section.locator('tbody tr').first().waitFor();
    assert.deepEqual(await section.locator('tbody tr').first().locator('th, td').allTextContents(), ['Occupancy', 'Achieved Occupancy', '11.32', '%']);
    if (process.env.KERNEL_LENS_SHOTS) await page.screenshot({ path: `${process.env.KERNEL_LENS_SHOTS}/ncu-kernels.png` });

    await section.getByRole('button', { name: 'Next measured launch' }).click();
    await section.getByText('22.64 %').first().waitFor();

    await page.locator('.kernels .table-body .row', { hasText: 'norm' }).first().click();
    await section.waitFor({ state: 'hidden' });

    await page.keyboard.press('2');
    const drawer = page.locator('.drawer .ncu');
    await drawer.waitFor();
    assert.match((await drawer.textContent()) ?? '', /Joined by order: launch 1 of this kernel; 2 of 3 were measured/);
    if (process.env.KERNEL_LENS_SHOTS) await page.screenshot({ path: `${process.env.KERNEL_LENS_SHOTS}/ncu-drawer.png` });
    assert.deepEqual(errors, []);
  } finally {
    await browser.close();
  }
});
