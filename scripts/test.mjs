// Runs the steps named on the command line, or all of them, and prints what passed, failed and was skipped in all of them.
// Usage: node scripts/test.mjs [setup] [build] [check] [unit] [host] [webhost] [package] [e2e]
import { spawn } from 'node:child_process';
import { filesIn } from './files.mjs';

const node = process.execPath;
const nodeTest = (files, ...options) => [node, ...options, '--test', '--test-reporter=spec', '--test-concurrency=1', ...files];
const inServer = (...options) => [node, 'scripts/run-in-server.mjs', ...options];

/** Each step's commands; those of a suite print their counts, a step without counts is good when its commands are. */
const steps = {
  setup: { commands: [[node, 'scripts/setup-vscode.mjs']] },
  build: { commands: [[node, 'esbuild.mjs', '--tests']] },
  check: {
    commands: [
      [node, 'node_modules/typescript/bin/tsc', '-p', '.'],
      [node, 'node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '--error-on-warnings', '.'],
    ],
  },
  unit: { suite: true, commands: [nodeTest(filesIn('test', /\.test\.ts$/, ['test/suite']), '--import', 'tsx', '--import', './test/fuzzSeed.ts')] },
  host: { suite: true, commands: [inServer()] },
  webhost: { suite: true, commands: [inServer('--web')] },
  package: { commands: [[node, 'scripts/package.mjs']] },
  e2e: { suite: true, commands: [nodeTest(filesIn('test/e2e', /\.e2e\.mjs$/))] },
};

/** The counts in a report of node's test runner ("ℹ pass 12"), of mocha ("12 passing (3s)") or of the web suite ("12 passed, 0 failed"). */
function counts(output) {
  const last = (pattern) => Number([...output.matchAll(pattern)].at(-1)?.[1] ?? 0);
  return {
    passed: last(/^ℹ pass (\d+)$/gm) + last(/^ *(\d+) (?:passing|passed)\b/gm),
    failed: last(/^ℹ fail (\d+)$/gm) + last(/^ℹ cancelled (\d+)$/gm) + last(/^ *(?:\d+ passed, )?(\d+) (?:failing|failed)\b/gm),
    skipped: last(/^ℹ skipped (\d+)$/gm) + last(/^ℹ todo (\d+)$/gm) + last(/^ *(?:\d+ passed, \d+ failed, )?(\d+) (?:pending|skipped)\b/gm),
  };
}

/** Runs a command, showing what it prints; resolves with its exit code and output. */
function run([command, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      from.on('data', (data) => {
        output += data;
        to.write(data);
      });
    }
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in steps));
if (unknown.length > 0) {
  console.error(`No step ${unknown.join(', ')}; there are ${Object.keys(steps).join(', ')}`);
  process.exit(2);
}
const total = { passed: 0, failed: 0, skipped: 0 };
for (const [name, { commands, suite }] of Object.entries(steps)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n── ${name}`);
  const started = performance.now();
  for (const command of commands) {
    const { code, output } = await run(command);
    const found = suite ? counts(output) : { passed: 0, failed: 0, skipped: 0 };
    // A suite that ended badly without counting a failure, or that ran nothing at all, has failed as a whole.
    const broken = (code !== 0 && found.failed === 0) || (suite && found.passed + found.failed === 0);
    if (broken) console.error(`${name} did not run to its end (exit code ${code})`);
    total.passed += found.passed;
    total.failed += found.failed + (broken ? 1 : 0);
    total.skipped += found.skipped;
  }
  console.log(`── ${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
