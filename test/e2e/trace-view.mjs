// The view of an open trace, as tests use it.
import assert from 'node:assert/strict';
import { pixelsOf, widestRun } from './pixels.mjs';

/** Asks again until the answer is good, because a frame or a tile may still be on its way; then says what it was. */
export async function eventually(ask, good, timeoutMs = 20_000) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (good(answer)) return answer;
    if (Date.now() > end) assert.fail(`still ${JSON.stringify(answer)} after ${timeoutMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** What the tests look at in the view of a trace, and do there. */
export function traceView({ page, view }) {
  return {
    lanes: () => view().locator('.lanes-top'),
    laneNames: () => view().locator('.lane-name').allTextContents(),
    drawer: () => view().locator('.drawer'),
    tab: (name) => view().getByRole('tab', { name }),
    /** the name of the selected slice */
    selectedName: async () => (await view().locator('.drawer').textContent()) ?? '',
    async key(key) {
      await view().locator('.lanes-top').focus();
      await page.keyboard.press(key);
    },
    async goToStep(step) {
      await eventually(this.laneNames, (names) => names.includes('Steps'));
      await this.key('g');
      await view().getByRole('combobox', { name: 'Step or track' }).fill(step);
      await page.keyboard.press('Enter');
      await view().locator(`.strip[aria-label^="${step},"]`).waitFor();
    },
    async search(text) {
      await this.key('/');
      await page.keyboard.type(text);
      await page.keyboard.press('Enter');
    },
    pixels: () => pixelsOf(page, view().locator('.lanes-top')),
    /** the widest slice of a colour in the first stream's lane: its middle and length, from the left top of the lanes */
    async widestKernel(colour) {
      const lane = await view()
        .locator('.lane-track', { hasText: /^Stream/ })
        .first()
        .boundingBox();
      const lanes = await view().locator('.lanes-top').boundingBox();
      if (!lane || !lanes) return undefined;
      return widestRun(await this.pixels(), colour, { top: Math.ceil(lane.y - lanes.y), bottom: Math.floor(lane.y - lanes.y + lane.height) });
    },
  };
}
