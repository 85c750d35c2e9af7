/** A host that links a real trace to a source tree on disk, as the extension's does. */

import { sourceFiles } from '../../src/node/sourceFiles.js';
import type { ModelApi } from '../../src/shared/model.js';
import type { HostApi } from '../../src/shared/view.js';
import { quietHost } from './quietHost.js';

export function linkingHost(fileName: string, trace: ModelApi, root: string, labels: 'kernel' | 'model'): HostApi {
  return {
    ...quietHost(fileName),
    ready: async () => ({ fileName, reducedMotion: true, labels }),
    modelReport: () => trace.link({ root }).catch((error: Error) => ({ reason: error.message, fix: 'chooseModel' })),
    snippet: async (file, line, context) => {
      const lines = (await sourceFiles.read(root, file)).split('\n');
      const fromLine = Math.max(1, line - context);
      return { fromLine, lines: lines.slice(fromLine - 1, line + context) };
    },
  };
}
