import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GroupInfo, TrackInfo } from '../../../src/shared/protocol.js';
import { type LayoutInput, laneAt, laneRow, laneY, layOut, rowAt, rowTop, sliceHeight, visibleLanes } from '../../../webview/timeline/lanes.js';

const groups: GroupInfo[] = [
  { id: 0, kind: 'gpu', name: 'GPU 0', detail: '' },
  { id: 1, kind: 'process', name: 'python3', detail: '' },
];

function track(id: number, group: number, kind: TrackInfo['kind'], rowCount: number, sliceCount = 10): TrackInfo {
  return { id, group, kind, name: `${kind} ${id}`, detail: '', rowCount, sliceCount, firstNs: 0, lastNs: 1 };
}

const tracks = [track(0, 0, 'stream', 1, 5), track(1, 0, 'stream', 2, 900), track(2, 0, 'counter', 1), track(3, 1, 'thread', 12)];

function layout(over: Partial<LayoutInput> = {}) {
  return layOut({
    tracks,
    groups,
    hasSteps: true,
    hasLayers: true,
    hasModules: false,
    pinned: [],
    collapsed: [],
    outerRows: new Map(),
    folds: new Map(),
    empty: new Set(),
    ...over,
  });
}

/** Every lane as "key top+height", stuck ones with a star. */
function drawn(over: Partial<LayoutInput> = {}): string[] {
  return layout(over).lanes.map(({ key, top, height, stuck }) => `${stuck ? '*' : ''}${key} ${top}+${height}`);
}

describe('lanes', () => {
  it('follow each other group by group under steps and layers', () => {
    assert.deepEqual(drawn(), [
      '*steps 0+24',
      '*layers 24+22',
      'group:0 0+23',
      'track:0 23+34',
      'track:1 57+46',
      'track:2 103+38',
      'group:1 141+23',
      'track:3 164+210',
    ]);
  });

  it('modules lie over the busiest stream of a GPU', () => {
    assert.deepEqual(drawn({ hasSteps: false, hasLayers: false, hasModules: true, collapsed: ['group:1'] }), [
      'group:0 0+23',
      'track:0 23+34',
      'modules:1 57+22',
      'track:1 79+46',
      'track:2 125+38',
      'group:1 163+23',
    ]);
    assert.deepEqual(drawn({ hasSteps: false, hasModules: true, pinned: [1], collapsed: ['group:0', 'group:1'] }), [
      '*layers 0+22',
      '*modules:1 22+22',
      '*track:1 44+46',
      'group:0 0+23',
      'group:1 23+23',
    ]);
  });

  it('streams without slices in the window are low, but not the busiest', () => {
    const { byTrack } = layout({ empty: new Set([0, 1]) });
    assert.deepEqual([byTrack.get(0)!.height, byTrack.get(1)!.height], [18, 46]);
  });

  it('fold groups and tracks', () => {
    assert.deepEqual(drawn({ hasSteps: false, hasLayers: false, collapsed: ['group:0', 'track:3'] }), ['group:0 0+23', 'group:1 23+23', 'track:3 46+23']);
  });

  it('pinned tracks stick on top and leave their group', () => {
    assert.deepEqual(drawn({ hasLayers: false, pinned: [3, 99], collapsed: ['group:0'] }), ['*steps 0+24', '*track:3 24+210', 'group:0 0+23', 'group:1 23+23']);
  });

  it('hide outer frames unless they were asked for', () => {
    const outerRows = new Map([[3, 5]]);
    const hidden = layout({ outerRows }).byTrack.get(3)!;
    assert.deepEqual([hidden.hiddenRows, hidden.rows], [5, 7]);
    assert.equal(rowTop(hidden, 5), rowTop(hidden, 0), 'a hidden row is where the first shown one is');
    const shown = layout({ outerRows, collapsed: ['outer:3'] }).byTrack.get(3)!;
    assert.deepEqual([shown.hiddenRows, shown.rows], [0, 12]);
  });

  it('fold wrappers unless they were asked for', () => {
    const folds = new Map([[3, { track: 3, wrappers: 40, rowCount: 7 }]]);
    const folded = layout({ folds, outerRows: new Map([[3, 2]]) }).byTrack.get(3)!;
    assert.deepEqual([folded.rows, folded.hiddenRows, folded.hiddenWrappers, folded.unfolded], [5, 2, 40, false]);
    assert.equal(laneRow(folded, { row: 9, folds: 4 }), 5);
    const shown = layout({ folds, outerRows: new Map([[3, 2]]), collapsed: ['outer:3'] }).byTrack.get(3)!;
    assert.deepEqual([shown.rows, shown.hiddenRows, shown.hiddenWrappers, shown.unfolded], [12, 0, 0, true]);
    assert.equal(laneRow(shown, { row: 9, folds: 4 }), 9);
  });

  it('the stream with the most slices is the compute stream', () => {
    const { byTrack } = layout();
    assert.deepEqual(
      [...byTrack.values()].map((lane) => lane.compute),
      [false, true, false, false],
    );
  });

  it('scroll below the stuck ones', () => {
    const all = layout();
    assert.equal(laneY(all.lanes[0]!, all, 100), 0);
    assert.equal(laneY(all.lanes[3]!, all, 10), 46 + 23 - 10);
    assert.equal(laneAt(all, 100, 30)?.key, 'layers');
    assert.equal(laneAt(all, 100, 46)?.key, 'track:1');
    assert.equal(laneAt(all, 0, 10_000), undefined);
    assert.deepEqual(
      visibleLanes(all, 60, 85).map((lane) => lane.key),
      ['steps', 'layers', 'track:1'],
      'a lane wholly under the stuck ones is not visible',
    );
  });

  it('find the row at a height, and nothing between rows', () => {
    const thread = layout().byTrack.get(3)!;
    assert.equal(rowAt(thread, thread.padding), 0);
    assert.equal(rowAt(thread, thread.padding + 17), 1);
    assert.equal(rowAt(thread, thread.padding + 16.5), undefined);
    assert.equal(rowAt(thread, 0), undefined);
    assert.equal(rowAt(thread, thread.height - 1), undefined);
  });

  it('what overlaps other work of a stream is lower', () => {
    const stream = layout().byTrack.get(1)!;
    assert.deepEqual([rowTop(stream, 0), sliceHeight(stream, 0)], [3, 27]);
    assert.deepEqual([rowTop(stream, 1), sliceHeight(stream, 1)], [31, 11]);
    assert.deepEqual(
      [3, 29, 30, 31, 41, 42].map((y) => rowAt(stream, y)),
      [0, 0, undefined, 1, 1, undefined],
    );
    const folded = layout({ collapsed: ['track:1'] }).byTrack.get(1)!;
    assert.deepEqual([rowTop(folded, 1), sliceHeight(folded, 1), folded.height], [3, 27, 34]);
  });
});
