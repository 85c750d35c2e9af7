/** Tells when files of a source tree change. */
import { type Disposable, RelativePattern, Uri, workspace } from 'vscode';
import type { SourceRoot } from './sourceTree.js';

/** An editor writes a file in several steps, and git many files. */
const SETTLE_MS = 300;

/** Calls with the paths, from the root on, of what changed, once nothing has changed for a moment. */
export function watchSource({ uri, package: name }: SourceRoot, changed: (paths: string[]) => void): Disposable {
  // The package, and the kernels of a checkout; never all of the root, which may be a site-packages folder.
  const watchers = [name, 'csrc'].map((folder) => workspace.createFileSystemWatcher(new RelativePattern(Uri.joinPath(uri, folder), '**/*.{py,cu,cuh,hip}')));
  const paths = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const settle = (): void => {
    changed([...paths]);
    paths.clear();
  };
  const note = (file: Uri): void => {
    paths.add(file.path.slice(uri.path.length + 1));
    clearTimeout(timer);
    timer = setTimeout(settle, SETTLE_MS);
  };
  const parts = watchers.flatMap((watcher) => [watcher, watcher.onDidChange(note), watcher.onDidCreate(note), watcher.onDidDelete(note)]);
  return {
    dispose() {
      clearTimeout(timer);
      for (const part of parts) part.dispose();
    },
  };
}
