import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { isFromCode } from '../../../webview/timeline/revealed.js';
import { createSlotLabels } from '../../../webview/timeline/slotLabels.js';

const settled = (): Promise<void> => new Promise(setImmediate);

test('labels are asked once, for what was looked at', async () => {
  const asked: number[][] = [];
  let arrivals = 0;
  const labels = createSlotLabels(
    {
      modelLabels: async (slices) => {
        asked.push(slices);
        return slices.map((slice) => (slice === 8 ? '' : `slot ${slice}`));
      },
    },
    () => arrivals++,
  );
  equal(labels.text(7), '');
  labels.text(8);
  labels.ask();
  labels.ask();
  await settled();
  equal(labels.text(7), 'slot 7');
  equal(labels.text(8), '', 'it has none, which is known');
  labels.ask();
  await settled();
  deepEqual([asked, arrivals], [[[7, 8]], 1]);
});

test('an answer about the links before is dropped', async () => {
  const labels = createSlotLabels({ modelLabels: async (slices) => slices.map(() => 'old') }, () => undefined);
  labels.text(7);
  labels.ask();
  labels.forget();
  await settled();
  equal(labels.text(7), '');
});

test('a search for a module or a line reveals from code', () => {
  deepEqual(['slot:mlp', 'at:llama.py:91 step:3', 'cat:gemm slot:x', 'gemm', 'name:"slot:"', 'slot:'].map(isFromCode), [true, true, true, false, false, false]);
});
