import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Span, Tile, TileRequest } from '../../../src/shared/protocol.js';
import { CELL_BYTES, cells } from '../../../src/shared/tile.js';
import { latest } from '../../../webview/timeline/latest.js';
import { outerRowCount } from '../../../webview/timeline/outer.js';
import { cellAt } from '../../../webview/timeline/slices.js';
import { createTiles, type LoadedTile, requestSpan, serves } from '../../../webview/timeline/tiles.js';

/**
 * A tile drawn as text: a line is a row, a column 10 ns, a run of one letter a slice.
 */
function draw(...lines: string[]): LoadedTile {
  const found = lines.flatMap((line, row) =>
    [...line.matchAll(/([a-z])\1*/g)].map((run) => ({ row, from: run.index * 10, to: (run.index + run[0].length) * 10 })),
  );
  const buffer = new ArrayBuffer(found.length * CELL_BYTES);
  const columns = cells({ buffer, count: found.length });
  found.forEach(({ row, from, to }, i) => {
    columns.x0[i] = from;
    columns.x1[i] = to;
    columns.row[i] = row;
    columns.sliceCount[i] = 1;
  });
  return { startNs: 1000, endNs: 2000, originNs: 1000, nsPerPx: 1, search: '', folded: false, count: found.length, cells: columns };
}

describe('tiles', () => {
  const tile = draw('aaa');
  const window = (startNs: number, endNs: number): Span => ({ startNs, endNs });

  it('serve while they reach beyond the window at about its zoom', () => {
    const table: [string, Span, number, string, boolean][] = [
      ['in the middle', window(1400, 1600), 200, '', true],
      ['near the edge', window(1780, 1980), 200, '', false],
      ['near the end of the trace', window(1780, 2000), 220, '', false],
      ['zoomed in', window(1400, 1500), 200, '', false],
      ['zoomed out', window(1300, 1700), 200, '', false],
      ['another search', window(1400, 1600), 200, 'gemm', false],
    ];
    for (const [what, shown, widthPx, search, serving] of table) assert.equal(serves(tile, shown, widthPx, search, 5000), serving, what);
    assert.ok(serves(tile, window(1780, 2000), 220, '', 2000), 'there is nothing after the end');
  });

  it('are asked for three windows wide, inside the trace', () => {
    assert.deepEqual(requestSpan(window(1000, 1100), 5000), window(900, 1200));
    assert.deepEqual(requestSpan(window(-50, 50), 5000), window(0, 150));
    assert.deepEqual(requestSpan(window(4990, 5090), 5000), window(4890, 5000));
  });

  it('come one request at a time; what is on screen stays', async () => {
    const asked: TileRequest[] = [];
    let answer: (tiles: Tile[]) => void = () => undefined;
    let redraws = 0;
    const fetchTiles = (request: TileRequest) => {
      asked.push(request);
      return new Promise<Tile[]>((resolve) => {
        answer = resolve;
      });
    };
    const store = createTiles({ tiles: fetchTiles }, 5000, () => redraws++);
    store.want([7], window(1000, 1100), 100, '');
    store.want([7], window(3000, 3100), 100, '');
    assert.equal(asked.length, 1);
    answer([{ track: 7, kind: 'slices', startNs: 900, endNs: 1200, count: 0, buffer: new ArrayBuffer(0), labels: [[3, 'gemm']] }]);
    await new Promise(setImmediate);
    assert.equal(redraws, 1);
    assert.equal(store.name(3), 'gemm');
    assert.equal(store.name(4), '');
    store.want([7], window(1000, 1100), 100, '');
    assert.equal(asked.length, 1, 'it serves');
    store.want([7], window(3000, 3100), 100, '');
    assert.deepEqual(asked[1], { startNs: 2900, endNs: 3200, tracks: [7], widthPx: 300, search: '', folded: [] });
    assert.equal(store.get(7)?.startNs, 900, 'the old one is still there');
    answer([{ track: 7, kind: 'slices', startNs: 2900, endNs: 3200, count: 0, buffer: new ArrayBuffer(0), labels: [] }]);
    await new Promise(setImmediate);
    store.want([7], window(3000, 3100), 100, '', new Set([7]));
    assert.deepEqual(asked[2]?.folded, [7], 'the same without wrappers is another one');
  });

  it('find the cell at a place, also beside a thin one', () => {
    const drawn = draw('aa..b', 'ccccc');
    assert.equal(cellAt(drawn, 0, 1005, 1), 0);
    assert.equal(cellAt(drawn, 0, 1030, 1), -1);
    assert.equal(cellAt(drawn, 0, 1037, 2), 1, 'within two pixels');
    assert.equal(cellAt(drawn, 1, 1030, 1), 2);
  });

  it('tell which outer frames say nothing', () => {
    const span = window(1000, 1100);
    assert.equal(outerRowCount(draw('aaaaaaaaaa', 'bbbbbbbbbb', 'ccccccccc.', 'dd.eeeeeee'), span), 3);
    assert.equal(outerRowCount(draw('aaaaaaaaaa', 'bbbbbbbbbb', 'dd.eeeeeee'), span), 0, 'two are not worth folding');
  });
});

describe('latest', () => {
  it('asks one at a time and of those waiting only the last', async () => {
    const asked: number[] = [];
    const answered: string[] = [];
    const resolvers: (() => void)[] = [];
    const ask = latest(
      (question: number) => {
        asked.push(question);
        return new Promise<string>((resolve) => resolvers.push(() => resolve(`answer ${question}`)));
      },
      (answer) => answered.push(answer),
    );
    for (const question of [1, 2, 3]) ask(question);
    assert.deepEqual(asked, [1]);
    resolvers[0]!();
    await new Promise(setImmediate);
    assert.deepEqual(asked, [1, 3]);
    resolvers[1]!();
    await new Promise(setImmediate);
    assert.deepEqual(answered, ['answer 1', 'answer 3']);
  });

  it('goes on after a failure', async () => {
    const answered: number[] = [];
    const ask = latest(
      async (question: number) => {
        if (question === 1) throw new Error('no');
        return question;
      },
      (answer) => answered.push(answer),
    );
    ask(1);
    ask(2);
    await new Promise(setImmediate);
    assert.deepEqual(answered, [2]);
  });
});
