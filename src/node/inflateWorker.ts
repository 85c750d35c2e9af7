/** The thread that inflates a file while another parses it; built to dist/inflate.js. */
import { once } from 'node:events';
import { openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { runInflate } from '../core/read/inflateThread.js';

const file = openSync(String(workerData.path), 'r');
const [start] = await once(parentPort!, 'message');

await runInflate(start, async (into, position) => readSync(file, into, 0, into.length, position));
