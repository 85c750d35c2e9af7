/** Source trees on disk. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceFiles } from '../shared/model.js';

/** Hidden folders, and those of packages and caches, hold no source of the tree. */
const SKIPPED = /^\.|^(?:node_modules|__pycache__)$/;

export const sourceFiles: SourceFiles = {
  async list(root, endings) {
    const found: string[] = [];
    const visit = async (folder: string): Promise<void> => {
      const entries = await readdir(join(root, folder), { withFileTypes: true });
      const folders: Promise<void>[] = [];
      for (const entry of entries) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory() && !SKIPPED.test(entry.name)) folders.push(visit(path));
        else if (entry.isFile() && endings.some((ending) => entry.name.endsWith(ending))) found.push(path);
      }
      await Promise.all(folders);
    };
    await visit('');
    return found.sort();
  },
  read: (root, path) => readFile(join(root, path), 'utf8'),
};
