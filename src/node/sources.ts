/** What linking needs from this machine's disks: source files, and recordings beside the one that is open. */
import { readTrace } from '../core/read/read.js';
import type { Sources } from '../core/session/model.js';
import { openFile } from './files.js';
import { sourceFiles } from './sourceFiles.js';

export const nodeSources: Sources = {
  files: sourceFiles,
  async openTrace(path) {
    const file = await openFile(path);
    try {
      return { ...(await readTrace(file)), close: () => file.close() };
    } catch (error) {
      await file.close();
      throw error;
    }
  },
};
