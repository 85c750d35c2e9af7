/** Steps drawn as letters: a begins a layer's attention, s samples, everything else is other work. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mainRun, modelRuns } from '../../../src/core/source/modelRuns.js';

function runs(drawing: string): { texts: string[]; main: string } {
  const letters = [...drawing.replaceAll(' ', '')];
  const anchors = letters.flatMap((letter, at) => (letter === 'a' ? [at] : []));
  const found = modelRuns(
    anchors,
    Int32Array.from(letters, (_, at) => letters.slice(0, at).filter((letter) => letter === 's').length),
  );
  const text = ({ from, to }: { from: number; to: number }): string => letters.slice(from, to).join('');
  return { texts: found.map(text), main: text(mainRun(found)) };
}

const CASES: [what: string, drawing: string, texts: string[]][] = [
  ['one model', 'e ka ka ka hss', ['ekakakahss']],
  ['a draft model after it, three times', 'e ka ka ka ka ka ka hs e ka hs e ka hs ka h', ['ekakakakakakahs', 'ekahs', 'ekahs', 'kah']],
  ['a draft model before it', 'e ka hs e ka ka ka h', ['ekahs', 'ekakakah']],
  ['every layer picks with a softmax', 'ka s ka s ka s', ['kaskaskas']],
  ['no layer', 'kks', ['kks']],
];

for (const [what, drawing, texts] of CASES) test(what, () => assert.deepEqual(runs(drawing).texts, texts));

test('the largest is the model that is served', () => {
  assert.equal(runs('e ka hs e ka ka ka h').main, 'ekakakah');
  assert.equal(runs('e ka ka ka hs e ka h').main, 'ekakakahs');
});
