import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryFile } from '../../../src/core/read/bytes.js';
import { openTrace } from '../../../src/core/session/open.js';
import { hitSpan } from '../../../webview/timeline/hitSpan.js';
import { workerTrace } from '../../sample/make.js';

const trace = await openTrace(memoryFile('sample.pt.trace.json', new TextEncoder().encode(workerTrace(0))));
const { steps } = await trace.steps();

test('the hits of the first step that has any are shown, and no others', async () => {
  const query = 'cat:attention';
  const span = await hitSpan(trace, query);
  const { count } = await trace.search(query);
  const first = await trace.searchHit(query, 0);
  const inStep = await trace.searchIndexAt(query, steps[0]!.endNs);
  const last = await trace.searchHit(query, inStep - 1);
  assert.ok(inStep > 1 && inStep < count, `${inStep} of ${count}`);
  assert.deepEqual(span, { startNs: first!.startNs, endNs: last!.endNs });
});

test('a search without hits shows nothing', async () => {
  assert.equal(await hitSpan(trace, 'nothing_is_called_so'), undefined);
});

test('without steps all hits are shown', async () => {
  const stepless = { ...trace, steps: async () => ({ steps: [], source: 'none' as const, reason: '' }) };
  const { count } = await trace.search('cat:attention');
  const last = await trace.searchHit('cat:attention', count - 1);
  assert.equal((await hitSpan(stepless, 'cat:attention'))?.endNs, last!.endNs);
});
