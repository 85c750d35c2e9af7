import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { SliceDetail, SliceId, TraceInfo } from '../../../src/shared/protocol.js';
import type { HostApi, ViewState, ViewTraceApi } from '../../../src/shared/view.js';
import type { AppState } from '../../../webview/app.js';
import { createApp, spoken } from '../../../webview/state.js';

const INFO = { tracks: [{ id: 3, kind: 'stream', sliceCount: 1, firstNs: 1000, lastNs: 2960 }], durationNs: 10_000 } as unknown as TraceInfo;

function detail(slice: SliceId, startNs = 1500): SliceDetail {
  const ref = {
    slice,
    track: 3,
    row: 0,
    folds: 0,
    nameId: 0,
    name: 'x',
    shortName: 'gate_up_proj',
    kind: 'kernel' as const,
    colour: 'gemm' as const,
    startNs,
    endNs: startNs + 100,
  };
  return { ref, category: '', trackName: '', groupName: '', durNs: 81_760, sameName: { count: 1, medianNs: 1, totalNs: 1 }, args: [], chain: [] };
}

let frames: (() => void)[] = [];
globalThis.requestAnimationFrame = (run) => frames.push(() => run(0));

/** An app over answers that arrive when the test says so. */
function fixture(state?: ViewState) {
  const answers = new Map<SliceId, (value: SliceDetail) => void>();
  const said: string[] = [];
  const trace = {
    detail: (slice: SliceId) => new Promise<SliceDetail>((resolve) => answers.set(slice, resolve)),
    links: async () => ({ incoming: [], outgoing: [], moreOutgoing: 0 }),
    search: async (query: string) => ({ count: query.length, names: 1, totalNs: 1 }),
    steps: async () => ({ steps: [], source: 'none', reason: 'none' }),
    modelLink: async () => undefined,
  } as unknown as ViewTraceApi;
  const host = { saveState: async () => undefined, modelReport: async () => ({ reason: 'no tree', fix: 'none' }) } as unknown as HostApi;
  const app = createApp(INFO, trace, host, { fileName: 'x', state, reducedMotion: true, labels: 'kernel' }, (text) => said.push(text));
  return { app, answers, said };
}

const settled = (): Promise<void> => new Promise(setImmediate);

describe('state', () => {
  beforeEach(() => {
    frames = [];
  });

  it('begins with the GPU, or where it was left', () => {
    assert.deepEqual(fixture().app.state.window, { startNs: 980, endNs: 2980 });
    const saved: ViewState = {
      tab: 'kernels',
      window: { startNs: 1, endNs: 2 },
      pinned: [3, 77],
      collapsed: [],
      search: '',
      drawerPx: 100,
      drawerOpen: false,
      kernelSort: '',
      kernelFilter: '',
    };
    const { state } = fixture(saved).app;
    assert.deepEqual([state.tab, state.window, state.pinned], ['kernels', { startNs: 1, endNs: 2 }, [3]], 'a track that is gone is not pinned');
  });

  it('tells all changes of a frame at once, and only what changed', () => {
    const { app } = fixture();
    const told: (keyof AppState)[][] = [];
    app.onChange((changed) => told.push([...changed]));
    app.change({ tab: 'steps' });
    app.change({ drawerOpen: false });
    app.change({ drawerOpen: false, helpOpen: false });
    assert.equal(frames.length, 1);
    frames[0]!();
    assert.deepEqual(told, [['tab', 'drawerOpen']]);
  });

  it('keeps the answer of the last selection, whichever comes first', async () => {
    const { app, answers, said } = fixture();
    const first = app.select(1);
    const second = app.select(2);
    assert.equal(app.state.selection, 2);
    answers.get(2)!(detail(2));
    answers.get(1)!(detail(1));
    await Promise.all([first, second]);
    assert.equal(app.state.detail?.ref.slice, 2);
    assert.equal(said.length, 1);
  });

  it('moves the window to a slice out of sight when asked to', async () => {
    const { app, answers } = fixture();
    const shown = app.select(1, { show: true });
    answers.get(1)!(detail(1, 8000));
    await shown;
    assert.deepEqual(app.state.window, { startNs: 7050, endNs: 9050 });
  });

  it('searches when the search changes', async () => {
    const { app } = fixture();
    app.change({ search: 'gemm' });
    await settled();
    assert.deepEqual([app.state.searchCount, app.state.searchIndex], [4, -1]);
    app.change({ search: '' });
    await settled();
    assert.equal(app.state.searchCount, 0);
  });

  it('runs the actions that parts can do', () => {
    const { app } = fixture();
    let done = 0;
    app.handle({ focus: () => done++ });
    app.run('focus');
    app.run('mark');
    assert.equal(done, 1);
  });

  it('speaks a slice in words', () => {
    const said = spoken({ ...detail(1), step: { index: 3, phase: 'decode' }, layer: 1, launchDelayNs: 88_440 });
    assert.equal(said, 'gate_up_proj, GEMM, 81.76 microseconds, decode 3, layer 1, launched 88.44 microseconds before');
  });
});
