/** What is known of trace files without opening them: remembered in the workspace's storage until a file changes. */
import * as v from 'valibot';
import { type Event, EventEmitter, type Memento, type Uri, workspace } from 'vscode';
import type { TraceInfo } from '../shared/protocol.js';
import { type Facts, facts, factsOf } from './facts.js';

const KEY = 'kernelLens.facts';
const MOST_FILES = 2000;

/** A file as it is now: another size or time makes it another one. */
export interface FileVersion {
  uri: Uri;
  bytes: number;
  mtimeMs: number;
}

export interface KnownFacts {
  of(file: FileVersion): Facts | undefined;
  remember(file: FileVersion, known: Facts): void;
  /** remembers what an opened file says of itself */
  learn(uri: Uri, info: TraceInfo): void;
  /** adds what was found out about an opened file later */
  add(uri: Uri, more: Pick<Facts, 'lines' | 'model'>): void;
  /** what was computed by rules that are no longer these */
  forgetReports(): void;
  forget(): void;
  onDidChange: Event<void>;
  dispose(): void;
}

const versionKey = ({ uri, bytes, mtimeMs }: FileVersion): string => `${uri.toString()} ${bytes} ${mtimeMs}`;

export function createFacts(storage: Memento, failed: (error: unknown) => void): KnownFacts {
  const saved = v.safeParse(v.array(v.unknown()), storage.get(KEY));
  const known = new Map((saved.success ? saved.output : []).filter((entry) => v.is(v.tuple([v.string(), facts]), entry)));
  const changed = new EventEmitter<void>();
  const save = (): void => {
    storage.update(KEY, [...known].slice(-MOST_FILES)).then(undefined, failed);
    changed.fire();
  };
  const remember = (file: FileVersion, found: Facts): void => {
    // Who listens draws anew: nothing new is no news.
    if (JSON.stringify(found) === JSON.stringify(known.get(versionKey(file)))) return;
    known.set(versionKey(file), found);
    save();
  };
  const change = (uri: Uri, now: (before: Facts | undefined) => Facts | undefined): void => {
    const stat = workspace.fs.stat(uri);
    stat.then(({ size: bytes, mtime: mtimeMs }) => {
      const file = { uri, bytes, mtimeMs };
      const found = now(known.get(versionKey(file)));
      if (found) remember(file, found);
    }, failed);
  };
  return {
    of: (file) => known.get(versionKey(file)),
    remember,
    learn: (uri, info) => change(uri, (before) => ({ ...before, ...factsOf(info) })),
    add: (uri, more) => change(uri, (before) => before && { ...before, ...more }),
    forgetReports() {
      for (const [key, found] of known) known.set(key, { ...found, lines: undefined });
      save();
    },
    forget() {
      known.clear();
      save();
    },
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  };
}
