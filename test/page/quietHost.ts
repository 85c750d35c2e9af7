/** For pages without VS Code. It is apart from page.ts because the browser bundles it too. */
import type { HostApi, ViewState } from '../../src/shared/view.js';

const nothing = async (): Promise<void> => undefined;

/** A host that has nothing behind it but a saved state. */
export function quietHost(fileName: string, state?: ViewState): HostApi {
  return {
    ready: async () => ({ fileName, state, reducedMotion: true, labels: 'kernel' }),
    cancel: nothing,
    saveState: nothing,
    openSource: nothing,
    openKernelSource: nothing,
    openPlace: nothing,
    openFrame: nothing,
    modelReport: async () => ({ reason: 'No source tree.', fix: 'none' }),
    chooseModel: async () => ({ reason: 'No source tree.', fix: 'none' }),
    chooseSource: async () => ({ reason: 'No source tree.', fix: 'none' }),
    ncuReport: async () => undefined,
    snippet: async () => undefined,
    copy: nothing,
    copySummary: nothing,
    saveTable: nothing,
    reopenAsText: nothing,
    openAnotherTrace: nothing,
    showHelp: nothing,
  };
}
