/** Source trees on disk. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { SourceFiles } from '../shared/model.js';

/** Hidden folders, and those of packages and caches, hold no source of the tree. */
const SKIPPED = /^\.|^(?:node_modules|__pycache__)$/;

/** What of a whole Python environment defines models, or kernels that they call. */
const MODEL_PACKAGES: ReadonlySet<string> = new Set(['vllm', 'sglang', 'sgl_kernel', 'triton_kernels', 'aiter', 'flashinfer']);

export const sourceFiles: SourceFiles = {
  async list(root, endings) {
    const found: string[] = [];
    const isEnvironment = /^(?:site|dist)-packages$/.test(basename(root));
    const isWanted = (folder: string, name: string): boolean => !SKIPPED.test(name) && (folder !== '' || !isEnvironment || MODEL_PACKAGES.has(name));
    const visit = async (folder: string): Promise<void> => {
      const entries = await readdir(join(root, folder), { withFileTypes: true });
      const folders: Promise<void>[] = [];
      for (const entry of entries) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory() && isWanted(folder, entry.name)) folders.push(visit(path));
        else if (entry.isFile() && endings.some((ending) => entry.name.endsWith(ending))) found.push(path);
      }
      await Promise.all(folders);
    };
    await visit('');
    return found.sort();
  },
  read: (root, path) => readFile(join(root, path), 'utf8'),
};
