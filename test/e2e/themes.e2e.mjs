// The view in the dark, light and high-contrast themes: what axe finds, and pictures to look at.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { openWorkbench } from './workbench.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Every violation as "rule: element". Runs in the frame of the view; the frames around it are VS Code's. */
async function violations(page) {
  const element = await page.frameLocator('iframe.webview.ready').locator('#active-frame').elementHandle();
  const frame = await element.contentFrame();
  await frame.evaluate(axeSource);
  return frame.evaluate(async () => {
    // A page in an editor is no document of its own: headings and landmarks are the workbench's business.
    const rules = Object.fromEntries(['page-has-heading-one', 'region', 'document-title', 'html-has-lang'].map((rule) => [rule, { enabled: false }]));
    const { violations: found } = await window.axe.run(document, { rules });
    return found.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any.map((check) => check.message).join(' ')}`));
  });
}

for (const theme of ['dark', 'light', 'contrast']) {
  describe(`in the ${theme} theme`, { timeout: 180_000 }, () => {
    let workbench;
    before(async () => {
      workbench = await openWorkbench({ theme });
      await workbench.openTrace(workbench.sample);
      await workbench.view().locator('.lanes-top').waitFor();
    });
    after(() => workbench?.close());

    test('the timeline has no axe violation', async () => {
      await workbench.view().locator('.lanes-top').focus();
      await workbench.page.keyboard.press('ArrowRight');
      await workbench.view().locator('.drawer').getByText('Start', { exact: true }).first().waitFor();
      await workbench.shot(`${theme}-timeline`);
      assert.deepEqual(await violations(workbench.page), []);
    });

    for (const tab of ['Kernels', 'Steps', 'Operators', 'Communication']) {
      test(`the ${tab.toLowerCase()} have no axe violation`, async () => {
        await workbench
          .view()
          .getByRole('tab', { name: new RegExp(`^${tab}`) })
          .click();
        await workbench.view().locator('.page:not([hidden])').getByRole('grid').first().waitFor();
        await workbench.shot(`${theme}-${tab.toLowerCase()}`);
        assert.deepEqual(await violations(workbench.page), []);
      });
    }

    for (const [tab, part] of [
      ['Overview', '.key-figures'],
      ['Memory', '.page:not([hidden]) [role=tablist]'],
    ]) {
      test(`the ${tab.toLowerCase()} has no axe violation`, async () => {
        await workbench
          .view()
          .getByRole('tab', { name: new RegExp(`^${tab}`) })
          .click();
        await workbench.view().locator(part).first().waitFor();
        await workbench.shot(`${theme}-${tab.toLowerCase()}`);
        assert.deepEqual(await violations(workbench.page), []);
      });
    }

    test('the help sheet has no axe violation', async () => {
      await workbench.page.keyboard.press('?');
      await workbench.view().getByRole('dialog').waitFor();
      await workbench.shot(`${theme}-help`);
      assert.deepEqual(await violations(workbench.page), []);
    });
  });
}
