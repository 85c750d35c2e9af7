/** Reads the trace at a path as the editor does, and prints the peak memory of the process in kB. read.ts bundles and runs it. */
import { readTrace } from '../../src/core/read/read.js';
import { openFile } from '../../src/node/files.js';
import { nodePlatform } from '../../src/node/platform.js';

const [path, inflateThread] = process.argv.slice(2);
const { trace } = await readTrace(await openFile(path), { platform: nodePlatform(path, new URL(inflateThread)) });
process.stdout.write(String(trace.slices.count > 0 ? process.resourceUsage().maxRSS : Number.NaN));
process.exit(0);
