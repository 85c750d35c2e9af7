import { existsSync, readdirSync } from 'node:fs';

/** Files below a folder whose path matches, sorted; `except` are folders to leave out. */
export function filesIn(folder, pattern, except = []) {
  if (!existsSync(folder) || except.includes(folder)) return [];
  const found = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesIn(path, pattern, except);
    return pattern.test(path) ? [path] : [];
  });
  return found.sort();
}
