// Builds for release and makes out/kernel-lens.vsix.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { notices } from './notices.mjs';

const LIMIT_BYTES = 3_000_000;
const out = 'out/kernel-lens.vsix';

function runNode(...args) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

runNode('esbuild.mjs', '--minify');
writeFileSync('dist/THIRD-PARTY-NOTICES.txt', notices(JSON.parse(readFileSync('out/bundled.json', 'utf8'))));
runNode('node_modules/@vscode/vsce/vsce', 'package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '-o', out);
const bytes = statSync(out).size;
console.log(`${out}: ${(bytes / 1e6).toFixed(2)} MB`);
if (bytes > LIMIT_BYTES) {
  console.error(`The package may have ${LIMIT_BYTES / 1e6} MB. See what .vscodeignore lets in.`);
  process.exit(1);
}
