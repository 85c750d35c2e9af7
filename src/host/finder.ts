/** Finds the trace files of the workspace: by the patterns of the settings, then by what is in them. */
import { type Disposable, type Event, EventEmitter, FileType, RelativePattern, Uri, workspace } from 'vscode';
import type { FileVersion } from './knownFacts.js';
import { log, messageOf } from './log.js';
import type { Platform } from './platform.js';
import { setting } from './settings.js';

/** What a search looks at before it says that the patterns are too wide. */
const MOST_FILES = 10_000;
/** Files whose first bytes are read at the same time. */
const AT_ONCE = 4;
/** Files that are being written change many times; one search is enough. */
const SETTLE_MS = 500;

export interface Finder {
  /** what the last search found, in the order of the paths */
  files(): readonly FileVersion[];
  /** looks once; later calls wait for the same search, unless `again` */
  search(again?: boolean): Promise<void>;
  searching(): boolean;
  onDidChange: Event<void>;
  dispose(): void;
}

const alternatives = (globs: readonly string[]): string => (globs.length === 1 ? globs[0]! : `{${globs.join(',')}}`);

export function createFinder(platform: Platform): Finder {
  const changed = new EventEmitter<void>();
  const watchers: Disposable[] = [];
  /** what a version of a file is, so that only what changed is read again */
  const sniffed = new Map<string, boolean>();
  let files: FileVersion[] = [];
  let running: Promise<void> | undefined;
  let done: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const isTrace = async ({ uri, bytes, mtimeMs }: FileVersion): Promise<boolean> => {
    const key = `${uri.toString()} ${bytes} ${mtimeMs}`;
    const known = sniffed.get(key) ?? (await platform.isTrace(uri, bytes));
    sniffed.set(key, known);
    return known;
  };

  const look = async (): Promise<void> => {
    const include = setting('traces.include');
    const exclude = setting('traces.exclude');
    if (include.length === 0) return;
    const found = await workspace.findFiles(alternatives(include), exclude.length > 0 ? alternatives(exclude) : undefined, MOST_FILES);
    if (found.length === MOST_FILES) log.warn(`More than ${MOST_FILES} files match kernelLens.traces.include; the others were not looked at.`);
    const queue = found.sort((a, b) => (a.path < b.path ? -1 : 1)).values();
    const traces: FileVersion[] = [];
    const worker = async (): Promise<void> => {
      for (const uri of queue) {
        try {
          const { size: bytes, mtime: mtimeMs, type } = await workspace.fs.stat(uri);
          const file = { uri, bytes, mtimeMs };
          if (type & FileType.File && bytes > 0 && (await isTrace(file))) traces.push(file);
        } catch (error) {
          log.debug(`${uri.path}: ${messageOf(error)}`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    files = traces.sort((a, b) => (a.uri.path < b.uri.path ? -1 : 1));
    log.info(`${files.length} of ${found.length} files that match are traces`);
  };

  const watch = (): void => {
    const again = (): void => {
      clearTimeout(timer);
      // A search that runs may have passed the file already.
      timer = setTimeout(() => void Promise.resolve(running).then(() => search(true)), SETTLE_MS);
    };
    for (const folder of workspace.workspaceFolders ?? []) {
      for (const glob of setting('traces.include')) {
        const watcher = workspace.createFileSystemWatcher(new RelativePattern(folder, glob));
        watchers.push(watcher, watcher.onDidCreate(again), watcher.onDidChange(again), watcher.onDidDelete(again));
      }
    }
    watchers.push(
      workspace.onDidChangeWorkspaceFolders(again),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('kernelLens.traces')) again();
      }),
    );
  };

  const search = (again = false): Promise<void> => {
    if (running) return running;
    if (done && !again) return done;
    if (watchers.length === 0) watch();
    running = look()
      .catch((error: unknown) => log.error(`Looking for traces failed: ${messageOf(error)}`))
      .finally(() => {
        done = running;
        running = undefined;
        changed.fire();
      });
    changed.fire();
    return running;
  };

  return {
    files: () => files,
    search,
    searching: () => running !== undefined,
    onDidChange: changed.event,
    dispose() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.dispose();
      changed.dispose();
    },
  };
}

/** The path of a file's folder as people see it, '' for a file at the top of the workspace. */
export function folderLabel(uri: Uri): string {
  const folder = workspace.asRelativePath(Uri.joinPath(uri, '..'));
  return workspace.getWorkspaceFolder(uri)?.uri.path === Uri.joinPath(uri, '..').path ? '' : folder;
}
