/** Reads traces that nobody has opened yet, one at a time, so that the view can say what is in them and opening is fast. */
import { type Event, EventEmitter } from 'vscode';
import { factsOf } from './facts.js';
import type { Finder } from './finder.js';
import type { FileVersion, KnownFacts } from './knownFacts.js';
import { log, messageOf, report } from './log.js';
import type { Platform, TraceOwner } from './platform.js';

export interface BackgroundReader {
  /** reads only while enabled; what is being read is finished */
  enable(on: boolean): void;
  reading(): FileVersion | undefined;
  /** why a file could not be read */
  refusal(file: FileVersion): string | undefined;
  onDidChange: Event<void>;
  dispose(): void;
}

export function createBackgroundReader(platform: Platform, finder: Finder, facts: KnownFacts): BackgroundReader {
  const changed = new EventEmitter<void>();
  const refusals = new Map<string, string>();
  const keyOf = ({ uri, mtimeMs }: FileVersion): string => `${uri.toString()} ${mtimeMs}`;
  let enabled = false;
  let current: { file: FileVersion; owner: TraceOwner } | undefined;

  const read = async (file: FileVersion): Promise<void> => {
    const owner = platform.open(file.uri, () => {});
    current = { file, owner };
    changed.fire();
    const outcome = await owner.outcome;
    if ('info' in outcome) facts.remember(file, factsOf(outcome.info));
    else refusals.set(keyOf(file), outcome.refusal.message);
    await owner.stored().catch((error: unknown) => log.debug(`${file.uri.path}: ${messageOf(error)}`));
    owner.dispose();
    current = undefined;
    changed.fire();
  };

  const next = (): void => {
    if (!enabled || current) return;
    const file = finder.files().find((one) => platform.readsInBackground(one.uri) && facts.of(one) === undefined && !refusals.has(keyOf(one)));
    if (file) void read(file).then(next, report);
  };

  const listener = finder.onDidChange(next);
  return {
    enable(on) {
      enabled = on;
      next();
    },
    reading: () => current?.file,
    refusal: (file) => refusals.get(keyOf(file)),
    onDidChange: changed.event,
    dispose() {
      enabled = false;
      listener.dispose();
      current?.owner.dispose();
      changed.dispose();
    },
  };
}
