/** What a view looked like, kept in the workspace's storage so that hiding, reloading and restarting lose nothing. */
import * as v from 'valibot';
import type { Memento, Uri } from 'vscode';
import { TABS, type ViewState } from '../shared/view.js';

const KEY = 'kernelLens.views';
/** Views of traces that nobody opens any more are forgotten, the oldest first. */
const MOST_VIEWS = 100;

const ns = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const viewState = v.object({
  tab: v.picklist(TABS),
  window: v.optional(v.object({ startNs: ns, endNs: ns })),
  selection: v.optional(count),
  pinned: v.array(count),
  collapsed: v.array(v.string()),
  search: v.string(),
  drawerPx: ns,
  drawerOpen: v.boolean(),
  kernelSort: v.string(),
  kernelFilter: v.string(),
});

const entry = v.tuple([v.string(), viewState]);

function savedViews(storage: Memento): [string, ViewState][] {
  const entries = v.safeParse(v.array(v.unknown()), storage.get(KEY));
  // One entry that another version wrote does not cost the others.
  return (entries.success ? entries.output : []).filter((saved) => v.is(entry, saved));
}

/** The state of a trace's view, undefined for one never opened before. */
export function loadViewState(storage: Memento, uri: Uri): ViewState | undefined {
  return savedViews(storage).find(([key]) => key === uri.toString())?.[1];
}

export async function saveViewState(storage: Memento, uri: Uri, state: ViewState): Promise<void> {
  const others = savedViews(storage).filter(([key]) => key !== uri.toString());
  await storage.update(KEY, [...others, [uri.toString(), state]].slice(-MOST_VIEWS));
}
