/** Keeps what was found in source trees beside the indexes of traces. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeStore } from '../core/source/symbols.js';
import { readStored, writeStored } from './storage.js';
import type { IndexStore } from './storedIndex.js';

/** Another version of the program reads every tree anew. `failed` is told what cannot be read or written: it costs time, nothing else. */
export function treeStore({ folder, limitBytes, version }: IndexStore, failed: (error: unknown) => undefined): TreeStore {
  const nameOf = (key: string): string => createHash('sha256').update(`tree\0${version}\0${key}`).digest('hex').slice(0, 32);
  return {
    // Thousands of files: a promise for each takes longer than asking for it.
    stamp(root, path) {
      const stats = statSync(join(root, path), { throwIfNoEntry: false });
      return stats === undefined ? '' : `${stats.size} ${stats.mtimeMs}`;
    },
    async load(key) {
      const bytes = await readStored(folder, nameOf(key)).catch(failed);
      return bytes && new TextDecoder().decode(bytes);
    },
    save: (key, text) => writeStored(folder, nameOf(key), [new TextEncoder().encode(text)], limitBytes).catch(failed),
  };
}
