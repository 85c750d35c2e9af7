/** Programs that behave as nsys does, well and badly, instead of NVIDIA's. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, beforeEach, describe, it } from 'node:test';
import { run } from '../../../src/cli/run.js';
import { NotATrace } from '../../../src/core/read/read.js';
import { type ExportOptions, storedExport } from '../../../src/node/nsysExport.js';
import type { Progress } from '../../../src/shared/protocol.js';
import { readFrom, withDatabase } from '../read/sqlite/database.js';

const folder = mkdtempSync(path.join(tmpdir(), 'kernel-lens-nsys-'));
const database = path.join(folder, 'made.sqlite');
const report = path.join(folder, 'my run.nsys-rep');
const argsFile = path.join(folder, 'args');
const storage = path.join(folder, 'indexes');

before(() =>
  withDatabase(
    {
      StringIds: ['id value', [1, 'gemm']],
      CUPTI_ACTIVITY_KIND_KERNEL: ['start end deviceId streamId correlationId globalPid demangledName', [100, 250, 0, 7, 5, 1, 1]],
    },
    async (file) => writeFileSync(database, readFileSync(file)),
  ),
);
after(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  rmSync(storage, { recursive: true, force: true });
  rmSync(argsFile, { force: true });
  writeFileSync(report, 'NVIDIA Tegra Profiler Report 2025@6@3@541-256337736014v0.\n');
});

/** A program that says it is of a release, and runs `body` to export; `target` is where to. */
function fake(name: string, version: string, body: string): string {
  const file = path.join(folder, name, 'nsys');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(
    file,
    `#!${process.execPath}
const fs = require('node:fs');
const args = process.argv.slice(2);
if (args[0] === '--version') console.log('NVIDIA Nsight Systems version ${version}');
else {
  fs.writeFileSync(${JSON.stringify(argsFile)}, JSON.stringify(args));
  const target = args[args.indexOf('--output') + 1];
  ${body}
}
`,
  );
  chmodSync(file, 0o755);
  return file;
}

const COPIES = `console.log('Processing [===  40%]'); fs.copyFileSync(${JSON.stringify(database)}, target);`;

/** Only what the test made can be found. */
function options(found: string[], others: Partial<ExportOptions> = {}): ExportOptions {
  const machine = { platform: process.platform, path: found.map((file) => path.dirname(file)).join(path.delimiter), list: () => [] };
  return { nsys: '', told: 'the setting', trusted: true, machine, ...others };
}

const store = { folder: storage, limitBytes: 1_000_000 };

/** The title and the message of a refusal, without the command that every one ends with. */
async function refused(exporting: Promise<unknown>): Promise<string> {
  const error = await exporting.then(
    () => assert.fail('it was converted'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof NotATrace, String(error));
  assert.match(error.message, /run `nsys export --type sqlite '\.\/my run\.nsys-rep'` and open the \.sqlite/);
  return `${error.title}: ${error.message.replaceAll(folder, '').replace(/ (On a machine|To try it).*/, '')}`;
}

describe('a report of Nsight Systems', { skip: process.platform === 'win32' && 'the programs of this test are scripts' }, () => {
  it('is converted into a database, which is stored and taken the next time', async () => {
    const nsys = fake('good', '2025.6.3.541-256337736014v0', COPIES);
    const stages: Progress[] = [];
    const made = await storedExport(report, store, options([nsys], { progress: (now) => stages.push(now) }));
    assert.ok(made);
    const { trace } = await readFrom(made);
    assert.deepEqual([trace.gpu.count, trace.strings.get(trace.slices.name[0]!)], [1, 'gemm']);
    const [verb, type, sqlite, output, target, ...rest] = JSON.parse(readFileSync(argsFile, 'utf8'));
    assert.deepEqual([verb, type, sqlite, output, rest], ['export', '--type', 'sqlite', '--output', ['--force-overwrite', 'true', report]]);
    assert.equal(path.dirname(path.dirname(target)), storage);
    assert.deepEqual(readdirSync(storage), [path.basename(made)]);
    assert.deepEqual([...new Set(stages.map(({ stage }) => stage))], ['Looking for nsys', 'Converting with nsys 2025.6.3']);
    const { readBytes, fileBytes } = stages.at(-1)!;
    assert.deepEqual([readBytes, fileBytes], [23, 58]);

    assert.equal(await storedExport(report, store, options([], { trusted: false })), made);
    utimesSync(report, 1, 1);
    assert.match(await refused(storedExport(report, store, options([]))), /^nsys was not found/);
  });

  it('is converted by the first nsys that is new enough', async () => {
    const old = fake('old', '2024.6.2.225-246235244400v0', 'process.exit(9);');
    const mute = fake('mute', '', 'process.exit(8);');
    const good = fake('good', '2026.1', COPIES);
    assert.ok(await storedExport(report, store, options([old, mute, good])));
  });

  it('is tried with an nsys that does not say its release where there is no better, and with any where the report does not say', async () => {
    assert.ok(await storedExport(report, store, options([fake('old', '2024.6.2', 'process.exit(9);'), fake('mute', '', COPIES)])));
    writeFileSync(report, 'NVIDIA Tegra Profiler Report\n');
    assert.ok(await storedExport(report, store, options([fake('old', '2018.1.1', COPIES)])));
  });

  it('is refused where it cannot be converted, and nothing is left behind', async () => {
    const old = fake('old', '2024.6.2', COPIES);
    const older = fake('older', '2023.1.1', COPIES);
    const fails = fake('fails', '2025.6.3', "console.error('Error: wrong checksum'); fs.writeFileSync(target, 'half'); process.exit(1);");
    const lies = fake('lies', '2025.6.3', "console.log('Exportation error: out of disk'); fs.writeFileSync(target, 'none');");
    const text = path.join(folder, 'text');
    writeFileSync(text, 'no program');
    const needed = "my run.nsys-rep is a report of Nsight Systems, which only NVIDIA's nsys can read";
    const cases: [given: ExportOptions, says: string][] = [
      [
        options([old], { trusted: false }),
        `Nothing is run in a workspace that is not trusted: ${needed}, and in a workspace that is not trusted Kernel Lens starts no program. Trust it (Workspaces: Manage Workspace Trust) and open the report again.`,
      ],
      [options([]), `nsys was not found: ${needed}. It is neither on the PATH nor where its installers put it; the setting can say where it is.`],
      [options([old], { nsys: text }), `nsys was not found: ${needed}, and the setting names /text, which is no program that can be run here.`],
      [options([old], { nsys: 'nsys' }), `nsys was not found: ${needed}, and the setting names nsys, which is no program that can be run here.`],
      [
        options([older, old]),
        'nsys is older than the report: my run.nsys-rep was written by Nsight Systems 2025.6.3; the nsys found is 2024.6.2 (/old/nsys) and cannot read it. Install 2025.6.3 or newer, or name it in the setting.',
      ],
      [options([fails]), 'nsys could not convert the report: /fails/nsys ended with an error: Error: wrong checksum.'],
      [options([lies]), 'nsys could not convert the report: /lies/nsys reported success and wrote no database: Exportation error: out of disk.'],
    ];
    for (const [given, says] of cases) {
      assert.equal(await refused(storedExport(report, store, given)), says);
      assert.deepEqual(existsSync(storage) ? readdirSync(storage) : [], [], says);
    }
  });

  it('cancelled: nsys is stopped before the answer comes', async () => {
    const started = path.join(folder, 'started');
    const waits = fake('waits', '2025.6.3', `fs.writeFileSync(${JSON.stringify(started)}, String(process.pid)); setInterval(() => {}, 1000);`);
    const stopping = new AbortController();
    const exporting = refused(storedExport(report, store, options([waits], { signal: stopping.signal })));
    while (!existsSync(started) || readFileSync(started, 'utf8') === '') await new Promise((resolve) => setTimeout(resolve, 20));
    stopping.abort();
    assert.equal(await exporting, 'Converting was cancelled: nsys was stopped before my run.nsys-rep was converted. Open it again to start anew.');
    assert.throws(() => process.kill(Number(readFileSync(started, 'utf8')), 0), { code: 'ESRCH' });
    assert.deepEqual(readdirSync(storage), []);
  });

  it('larger than all that may be stored, it is there to be read', async () => {
    const made = await storedExport(report, { folder: storage, limitBytes: 1 }, options([fake('good', '2025.6.3', COPIES)]));
    assert.ok(made && existsSync(made));
  });

  it('is not what other files are', async () => {
    assert.equal(await storedExport(database, store, options([])), undefined);
  });

  it('is read on the command line with --nsys, and says so where it cannot be', async () => {
    const command = async (...argv: string[]) => {
      const printed = { stdout: '', stderr: '' };
      const stream = (key: 'stdout' | 'stderr') => new PassThrough().on('data', (chunk: Buffer) => void (printed[key] += chunk.toString()));
      return { code: await run(argv, { stdout: stream('stdout'), stderr: stream('stderr') }), ...printed };
    };
    const good = await command('info', report, '--json', '--nsys', fake('good', '2025.6.3', COPIES));
    assert.deepEqual([good.code, good.stderr], [0, '']);
    const { totals, fileBytes } = JSON.parse(good.stdout);
    assert.deepEqual([totals.kernelCount, fileBytes], [1, 58]);
    assert.ok(!existsSync(path.dirname(JSON.parse(readFileSync(argsFile, 'utf8'))[4])), 'the database is deleted');

    const bad = await command('info', report, '--nsys', path.join(folder, 'none'));
    assert.equal(bad.code, 2);
    assert.match(bad.stderr, /^kernel-lens: .*the option --nsys names .*\/none, which is no program/);
  });
});
