import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

/** Files that git knows or would add; undefined outside of a git checkout. */
export function trackedFiles(): string[] | undefined {
  if (!existsSync('.git')) return undefined;
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' });
  return listed.split('\n').filter((file) => file !== '' && existsSync(file));
}

/** TypeScript files below a folder, sorted. */
export function sourceFiles(folder: string): string[] {
  const found = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  return found.map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/')).sort();
}
