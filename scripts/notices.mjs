// The licences of everything that is bundled, as one text. esbuild.mjs leaves the list of bundled files in out/bundled.json.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

function packageFolder(file) {
  const parts = file.split('/');
  const at = parts.lastIndexOf('node_modules');
  if (at < 0) return undefined;
  return parts.slice(0, at + (parts[at + 1].startsWith('@') ? 3 : 2)).join('/');
}

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file && !license) throw new Error(`${folder} is bundled but has no licence`);
  const text = file ? readFileSync(path.join(folder, file), 'utf8').trim() : `${license} (the package has no licence file)`;
  return `${name} ${version}, ${license}\n\n${text}\n`;
}

/** Returns the notices; `bundled` is the list of bundled files. */
export function notices(bundled) {
  const folders = [...new Set(bundled.map(packageFolder))].filter((folder) => folder && existsSync(path.join(folder, 'package.json'))).sort();
  const rule = `\n${'─'.repeat(80)}\n\n`;
  return `Kernel Lens contains the following packages.\n${rule}${folders.map(notice).join(rule)}`;
}
