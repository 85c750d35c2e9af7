// Runs the benchmarks and prints what they measured as one table. A benchmark prints lines "what | measured | against | ratio | goal".
// Usage: npm run bench [-- name… --option…]   for example: npm run bench -- read --all (options go to the benchmarks)
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setupVSCode } from './setup-vscode.mjs';

const HEAD = ['what', 'measured', 'against', 'ratio', 'goal'];

/** Shows what a benchmark prints and resolves with its rows. */
async function run(file, options) {
  const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', file, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const rows = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const cells = line.split(' | ').map((cell) => cell.trim());
    if (cells.length === HEAD.length) rows.push(cells);
    console.log(line);
  }
  if ((await ended) !== 0) throw new Error(`${file} failed`);
  return rows;
}

setupVSCode();
const args = process.argv.slice(2);
const options = args.filter((argument) => argument.startsWith('--'));
const wanted = args.filter((argument) => !argument.startsWith('--'));
const names = ['read', 'perfetto', 'sqlite', 'tiles', 'paint', 'index', 'report'].filter((name) => wanted.length === 0 || wanted.includes(name));
const rows = [HEAD];
for (const file of names.map((name) => `test/bench/${name}.ts`).filter((file) => existsSync(file))) {
  console.log(`\n── ${file}`);
  rows.push(...(await run(file, options)));
}
const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
console.log('');
for (const cells of rows) console.log(cells.map((cell, column) => cell.padEnd(widths[column])).join('  '));
