/** What must not be in any file of the repository. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { test } from 'node:test';
import { trackedFiles } from './tracked.js';

const LONG_FILE_LINES = 300;
const binary = /\.(png|gz|ico|woff2?)$/;
const files = trackedFiles() ?? [];
const options = { skip: files.length === 0 && 'not a git checkout' };
const texts = files.filter((file) => !binary.test(file)).map((file) => ({ file, text: readFileSync(file, 'utf8') }));
// AssemblyScript (.as.ts) has TypeScript's syntax, but not its types.
const code = texts.filter(({ file }) => /\.(ts|mjs)$/.test(file) && !file.endsWith('.as.ts'));

/** "file:line: text" of every line that matches. */
function matches(among: typeof texts, pattern: RegExp): string[] {
  return among.flatMap(({ file, text }) => text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

test('no file names a package registry', options, () => {
  assert.deepEqual(matches(texts, /https?:\/\/[^/"'\s]*(registry|npmjs)\b/), []);
  const locks = texts.filter(({ file }) => file.endsWith('package-lock.json'));
  assert.deepEqual(matches(locks, /"resolved": "https?:/), []);
});

test('no file names a path of this machine', options, () => {
  const home = os.homedir();
  const paths = [process.cwd(), ...(home.split('/').length > 2 ? [home] : [])];
  for (const here of paths) assert.deepEqual(matches(texts, new RegExp(`${escaped(here)}(?![\\w-])`)), []);
  assert.deepEqual(matches(code, /["'`]\/usr\/(local\/)?s?bin\//), []);
});

test('no unchecked types and no postponed work', options, () => {
  assert.deepEqual(matches(code, /(:|\bas|<)\s*any\b(?=\s*[;,)=>[\]|&{])/), []);
  assert.deepEqual(matches(code, new RegExp(['@ts-' + 'ignore', '@ts-' + 'nocheck', 'TO' + 'DO\\b', 'FIX' + 'ME\\b'].join('|'))), []);
});

test('files are short enough to read in one go', options, (context) => {
  const generated = /\.gen\.ts$/;
  for (const { file, text } of code.filter(({ file }) => !generated.test(file))) {
    const lines = text.split('\n').length;
    if (lines > LONG_FILE_LINES) context.diagnostic(`${file} has ${lines} lines`);
  }
});
