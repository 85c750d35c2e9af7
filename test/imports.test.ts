/** The table of folders in ARCHITECTURE.md, enforced: what a folder may import. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { sourceFiles } from './tracked.js';

interface Rule {
  folder: string;
  /** folders besides its own */
  folders: string[];
  /** packages, 'vscode', and 'node:' for all of Node */
  packages: string[];
}

const core = ['src/core/trace', 'src/core/read', 'src/core/analyze', 'src/core/advise', 'src/core/source', 'src/core/session'];

/** A more specific folder comes before the one it is in. */
const rules: Rule[] = [
  { folder: 'src/shared', folders: [], packages: [] },
  { folder: 'src/core/trace', folders: ['src/shared'], packages: ['valibot'] },
  { folder: 'src/core/read', folders: ['src/shared', 'src/core/trace'], packages: ['pako', 'fzstd', 'valibot'] },
  { folder: 'src/core/analyze', folders: ['src/shared', 'src/core/trace'], packages: [] },
  { folder: 'src/core/advise', folders: ['src/shared', 'src/core/trace', 'src/core/analyze'], packages: [] },
  { folder: 'src/core/source', folders: ['src/shared', 'src/core/trace'], packages: ['@lezer/python', '@lezer/common'] },
  { folder: 'src/core/session', folders: ['src/shared', ...core], packages: [] },
  { folder: 'src/node', folders: ['src/shared', ...core], packages: ['node:', 'node-sqlite3-wasm'] },
  { folder: 'src/host', folders: ['src/shared', ...core, 'src/node'], packages: ['node:', 'vscode', 'valibot'] },
  { folder: 'src/cli', folders: ['src/shared', ...core, 'src/node'], packages: ['node:'] },
  { folder: 'webview', folders: ['src/shared'], packages: ['valibot', '@tanstack/virtual-core', '@vscode/webview-ui-toolkit'] },
];

/** Every module that the text imports, re-exports or loads; statements begin a line, as the formatter has them. */
function importsOf(text: string): string[] {
  const statements = text.matchAll(/^(?:import|export)\b(?:[^'";]*\bfrom)?\s*'([^'\n]+)'/gm);
  const calls = text.matchAll(/\b(?:import|require)\(\s*'([^'\n]+)'/g);
  return [...statements, ...calls].map((match) => match[1]);
}

/** Why a file may not import a module; '' when it may. */
function objection(file: string, module: string): string {
  const rule = rules.find(({ folder }) => file.startsWith(`${folder}/`));
  if (!rule) return `${file} is in no folder of the table`;
  if (module.startsWith('.')) {
    const target = path.posix.join(path.posix.dirname(file), module);
    const allowed = [rule.folder, ...rule.folders].some((folder) => target.startsWith(`${folder}/`));
    return allowed ? '' : `${file} imports ${target}`;
  }
  const allowed = rule.packages.some((name) => (name.endsWith(':') ? module.startsWith(name) : module === name || module.startsWith(`${name}/`)));
  return allowed ? '' : `${file} imports ${module}`;
}

test('folders import only what the table lets them', () => {
  const files = [...sourceFiles('src'), ...sourceFiles('webview')].filter((file) => !file.endsWith('.as.ts'));
  assert.ok(files.length > 10);
  const objections = files.flatMap((file) => importsOf(readFileSync(file, 'utf8')).map((module) => objection(file, module)));
  assert.deepEqual(objections.filter(Boolean), []);
});

test('the rule sees what it must', () => {
  const text = "import a from './a.js';\nexport {\n  b,\n} from '../b.js';\nimport 'style.css';\nconst c = await import('node:fs');\n`from ', title: '`";
  assert.deepEqual(importsOf(text), ['./a.js', '../b.js', 'style.css', 'node:fs']);
  assert.equal(objection('src/core/trace/tile.ts', '../../shared/tile.js'), '');
  assert.equal(objection('src/core/trace/tile.ts', 'node:fs'), 'src/core/trace/tile.ts imports node:fs');
  assert.equal(objection('webview/main.ts', '../src/core/trace/trace.js'), 'webview/main.ts imports src/core/trace/trace.js');
  assert.equal(objection('src/core/read/read.ts', 'vscode'), 'src/core/read/read.ts imports vscode');
  assert.equal(objection('src/new/file.ts', './a.js'), 'src/new/file.ts is in no folder of the table');
});

test('one outside thing, one file', () => {
  const users = (name: string) =>
    [...sourceFiles('src'), ...sourceFiles('webview')].filter((file) => importsOf(readFileSync(file, 'utf8')).some((module) => module.startsWith(name)));
  assert.deepEqual(users('@vscode/webview-ui-toolkit'), ['webview/ui.ts']);
  for (const name of ['pako', 'fzstd', 'node-sqlite3-wasm', '@tanstack/virtual-core'])
    assert.ok(users(name).length <= 1, `${name} is imported by ${users(name).join(', ')}`);
});
