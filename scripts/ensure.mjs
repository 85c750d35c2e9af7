// Installs the dependencies where node_modules is missing or is not what package-lock.json says. Uses nothing but Node.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** npm leaves its own account of what it installed in node_modules/.package-lock.json. */
function isCurrent() {
  const installedFile = 'node_modules/.package-lock.json';
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => path === '' || entry.optional || installed[path]?.version === entry.version);
}

if (!isCurrent()) {
  console.log('Installing dependencies (npm ci)');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) {
    console.error('npm ci failed: see its message above. A network connection to an npm registry is needed once.');
    process.exit(1);
  }
}
