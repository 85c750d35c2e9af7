import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createBuilder } from '../../../src/core/trace/builder.js';
import { type Folds, foldWrappers } from '../../../src/core/trace/folds.js';
import { buildLevels } from '../../../src/core/trace/levels.js';
import { COLOUR_BY_NAME, type Look, tiles } from '../../../src/core/trace/tile.js';
import { NONE, type Trace } from '../../../src/core/trace/trace.js';
import type { Tile } from '../../../src/shared/protocol.js';
import { CELL_BYTES, CELL_HIT, cells, counterPoints } from '../../../src/shared/tile.js';
import { draw, sliceNamed } from '../../draw.js';

const NO_HITS = new Uint32Array(0);

/** Names that begin with W are wrappers. */
function folds(trace: Trace): Folds {
  return foldWrappers(
    trace,
    Uint8Array.from({ length: trace.strings.count }, (_, name) => Number(trace.strings.get(name).startsWith('W'))),
  );
}

function plainLook(trace: Trace): Look {
  return {
    colourOfCategory: new Uint8Array(trace.categories.length),
    colourOfName: new Uint8Array(trace.strings.count),
    label: trace.strings.get,
    folds: () => folds(trace),
  };
}

function tileOf(trace: Trace, track: number, startNs: number, endNs: number, widthPx: number, hits = NO_HITS): Tile {
  return tiles(trace, buildLevels(trace), { tracks: [track], startNs, endNs, widthPx, search: '' }, hits, plainLook(trace))[0];
}

/** Each cell as "row: from–to of main × count". */
function described(trace: Trace, tile: Tile): string[] {
  const { x0, x1, row, mainSlice, sliceCount, firstSlice, nameId } = cells(tile);
  return Array.from({ length: tile.count }, (_, i) => {
    assert.equal(nameId[i], trace.slices.name[mainSlice[i]]);
    assert.ok(mainSlice[i] >= firstSlice[i] && mainSlice[i] < firstSlice[i] + sliceCount[i]);
    return `${row[i]}: ${x0[i]}–${x1[i]} ${trace.strings.get(nameId[i])} × ${sliceCount[i]}`;
  });
}

const BUSY = draw(`
  stream7 |AABCCC    DDDDDDDDDD EF
          | XX
`);

describe('a tile', () => {
  it('has a cell per slice where there is room', () => {
    assert.deepEqual(described(BUSY, tileOf(BUSY, 0, 0, 23, 230)), [
      '0: 0–2 A × 1',
      '0: 2–3 B × 1',
      '0: 3–6 C × 1',
      '0: 10–20 D × 1',
      '0: 21–22 E × 1',
      '0: 22–23 F × 1',
      '1: 1–3 X × 1',
    ]);
  });

  it('merges what shares a pixel, and tells the longest and how many', () => {
    assert.deepEqual(described(BUSY, tileOf(BUSY, 0, 0, 24, 4)), ['0: 0–6 C × 3', '0: 10–20 D × 1', '0: 21–23 E × 2', '1: 1–3 X × 1']);
  });

  it('has what touches the window, counted from its start', () => {
    assert.deepEqual(described(BUSY, tileOf(BUSY, 0, 15, 22, 70)), ['0: -5–5 D × 1', '0: 6–7 E × 1']);
    assert.deepEqual(described(BUSY, tileOf(BUSY, 0, 6.5, 9, 70)), []);
  });

  it('leaves wrappers out where asked; what they wrap moves up', () => {
    const trace = draw(`
      cpu |AAAAAAAAAAAAAAA
          |WWWWWWW CCCCCC
          | BBBBB  WWW
          | WW DD   E
          | F
    `);
    const request = { tracks: [0], startNs: 0, endNs: 15, widthPx: 150, search: '' };
    const folded = (tracks?: number[]) => tiles(trace, buildLevels(trace), { ...request, folded: tracks }, NO_HITS, plainLook(trace))[0];
    assert.deepEqual(described(trace, folded([0])), ['0: 0–15 A × 1', '1: 8–14 C × 1', '1: 1–6 B × 1', '2: 4–6 D × 1', '2: 9–10 E × 1', '2: 1–2 F × 1']);
    assert.equal(folded().count, 9);
    assert.deepEqual(folds(trace).tracks, [{ track: 0, wrappers: 3, rowCount: 3 }]);
  });

  it('is one buffer of exactly its cells', () => {
    const tile = tileOf(BUSY, 0, 0, 24, 240);
    assert.equal(tile.buffer.byteLength, tile.count * CELL_BYTES);
  });

  it('flags cells with hits', () => {
    const hits = Uint32Array.of(sliceNamed(BUSY, 'B'), sliceNamed(BUSY, 'X'));
    assert.deepEqual([...cells(tileOf(BUSY, 0, 0, 24, 4, hits)).flags], [CELL_HIT, 0, 0, CELL_HIT]);
  });

  it('labels what is wide enough to carry text', () => {
    const names = tileOf(BUSY, 0, 0, 24, 240).labels.map(([, label]) => label);
    assert.deepEqual(names, ['C', 'D']);
  });

  it('colours by category, or by name where the category says so', () => {
    const trace = draw(`
      cpu     |PPPP
      stream7 |AABB
    `);
    const look = plainLook(trace);
    look.colourOfCategory[trace.slices.category[sliceNamed(trace, 'A')]] = COLOUR_BY_NAME;
    look.colourOfCategory[trace.slices.category[sliceNamed(trace, 'P')]] = 9;
    look.colourOfName[trace.slices.name[sliceNamed(trace, 'B')]] = 4;
    const [gpu, cpu] = tiles(trace, buildLevels(trace), { tracks: [0, 1], startNs: 0, endNs: 4, widthPx: 400, search: '' }, NO_HITS, look);
    assert.deepEqual([...cells(gpu).colour, ...cells(cpu).colour], [0, 4, 9]);
  });

  it('of a track that does not exist is left out', () => {
    assert.deepEqual(tiles(BUSY, buildLevels(BUSY), { tracks: [99], startNs: 0, endNs: 1, widthPx: 1, search: '' }, NO_HITS, plainLook(BUSY)), []);
  });
});

describe('a counter tile', () => {
  const trace = draw(`
    cpu       |AAAAAAAAAAAAAAAA
    counter q |0 5 1 3     7
  `);
  const counter = trace.tracks.findIndex(({ info }) => info.kind === 'counter');
  const points = (startNs: number, endNs: number, widthPx: number): string[] => {
    const tile = tileOf(trace, counter, startNs, endNs, widthPx);
    const { x, min, max } = counterPoints(tile);
    return Array.from(x, (at, i) => `${at}: ${min[i]}–${max[i]}`);
  };

  it('begins with the value in force', () => {
    assert.deepEqual(points(7, 16, 90), ['-1: 3–3', '5: 7–7']);
  });

  it('keeps the extremes of a pixel', () => {
    assert.deepEqual(points(0, 16, 2), ['0: 0–5', '12: 7–7']);
  });
});

describe('any slices at any zoom', () => {
  const random = fc.record({
    slices: fc.array(fc.record({ gap: fc.nat(50), durNs: fc.nat(30) }), { minLength: 1, maxLength: 400 }),
    from: fc.double({ min: 0, max: 0.9, noNaN: true }),
    share: fc.double({ min: 0.001, max: 1, noNaN: true }),
    widthPx: fc.integer({ min: 1, max: 300 }),
  });

  const traceOf = (slices: { gap: number; durNs: number }[]): Trace => {
    const builder = createBuilder();
    const track = builder.track({ process: '1', thread: '1', domain: 'cpu' });
    let timeNs = 0;
    for (const { gap, durNs } of slices) {
      builder.slice(track, builder.string('s'), builder.category(''), (timeNs += gap), durNs, NONE, NONE, 0, 0, 0);
      timeNs += durNs;
    }
    return builder.finish({ format: '', producer: '', devices: [], facts: [], events: 0, textBytes: 0 }, { baseNs: 0n });
  };

  it('are all in exactly one cell, drawn where they are, and few cells share a pixel', () => {
    fc.assert(
      fc.property(random, ({ slices, from, share, widthPx }) => {
        const trace = traceOf(slices);
        const startNs = Math.floor(from * trace.durationNs);
        const endNs = startNs + Math.max(1, share * trace.durationNs);
        const nsPerPx = (endNs - startNs) / widthPx;
        const tile = tileOf(trace, 0, startNs, endNs, widthPx);
        const { x0, x1, row, firstSlice, sliceCount, mainSlice } = cells(tile);
        const painted = new Set<number>();
        for (let cell = 0; cell < tile.count; cell++) {
          for (let slice = firstSlice[cell]; slice < firstSlice[cell] + sliceCount[cell]; slice++) {
            assert.ok(!painted.has(slice), 'a slice is in two cells');
            painted.add(slice);
            const left = trace.slices.startNs[slice] - startNs;
            assert.ok(left >= x0[cell] && left + trace.slices.durNs[slice] <= x1[cell], 'a slice lies outside of its cell');
            assert.ok(trace.slices.durNs[slice] <= trace.slices.durNs[mainSlice[cell]], 'a slice is longer than the main one');
          }
          assert.ok(sliceCount[cell] === 1 || x1[cell] - x0[cell] <= nsPerPx * 1.0001, 'slices of different pixels were merged');
          if (cell > 0 && row[cell] === row[cell - 1]) assert.ok(x1[cell] - x0[cell - 1] > nsPerPx * 0.9999, 'two cells would fit into a pixel');
        }
        for (let slice = 0; slice < trace.slices.count; slice++) {
          const visible = trace.slices.startNs[slice] < endNs && trace.slices.startNs[slice] + trace.slices.durNs[slice] > startNs;
          assert.ok(!visible || painted.has(slice), `slice ${slice} vanished`);
        }
      }),
      { numRuns: 200 },
    );
  });
});
