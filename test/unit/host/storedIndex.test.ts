import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readTrace } from '../../../src/core/read/read.js';
import { createSession } from '../../../src/core/session/session.js';
import { buildLevels } from '../../../src/core/trace/levels.js';
import { openFile } from '../../../src/node/files.js';
import { type IndexStore, keepIndex, loadIndex } from '../../../src/node/storedIndex.js';
import type { TraceApi } from '../../../src/shared/protocol.js';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kernel-lens-index-'));
});
after(() => rm(folder, { recursive: true }));

const launch = (id: number) => ({ ph: 'X', cat: 'cuda_runtime', name: 'cudaLaunchKernel', pid: 1, tid: 2, ts: id * 10, dur: 2, args: { correlation: id } });
const kernel = (id: number) => ({
  ph: 'X',
  cat: 'kernel',
  name: `gemm_${id % 3}`,
  pid: 0,
  tid: 7,
  ts: id * 10 + 4,
  dur: 5,
  args: { correlation: id, stream: 7, note: `n${id}` },
});
const json = JSON.stringify({ traceEvents: Array.from({ length: 500 }, (_, id) => [launch(id + 1), kernel(id + 1)]).flat() });

/** What people would see of a trace, the arguments of one kernel included. */
async function answers(api: TraceApi): Promise<unknown> {
  const info = await api.info();
  const window = { startNs: 0, endNs: info.durationNs };
  const [tile] = await api.tiles({ ...window, tracks: [info.tracks[0]!.id], widthPx: 300, search: '' });
  return { info, kernels: await api.kernels(), detail: await api.detail(100), cells: new Uint8Array(tile!.buffer) };
}

for (const [name, bytes] of [
  ['plain.json', Buffer.from(json)],
  ['packed.json.gz', gzipSync(json)],
] as const) {
  test(`${name}: the stored index answers as the file does`, async () => {
    const trace = path.join(folder, name);
    await writeFile(trace, bytes);
    const store: IndexStore = { folder: path.join(folder, `${name}-indexes`), limitBytes: 1e8, version: '1.0.0' };
    const file = await openFile(trace);
    const source = { fileName: name, fileBytes: file.size };
    try {
      assert.equal(await loadIndex(store, trace, file, {}), undefined);
      const read = await readTrace(file);
      await keepIndex(store, trace, { ...read, levels: buildLevels(read.trace) });
      const stored = await loadIndex(store, trace, file, {});
      assert.ok(stored);
      const again = createSession(stored.trace, stored.records, source, { levels: () => stored.levels });
      assert.deepEqual(await answers(again), await answers(createSession(read.trace, read.records, source)));

      assert.equal(await loadIndex({ ...store, version: '1.0.1' }, trace, file, {}), undefined);
      const [index] = await readdir(store.folder);
      await writeFile(path.join(store.folder, index!), new Uint8Array(5000));
      assert.equal(await loadIndex(store, trace, file, {}), undefined);
      await writeFile(path.join(store.folder, index!), new Uint8Array(3));
      assert.equal(await loadIndex(store, trace, file, {}), undefined);
    } finally {
      await file.close();
    }
  });
}
