/** A second opinion on the sample's trace, straight from its JSON. */
import { ungzip } from 'pako';
import { type Uri, workspace } from 'vscode';

export interface RecordedEvent {
  ph: string;
  cat?: string;
  name: string;
  tid: number | string;
  ts: number;
  dur: number;
  args?: { correlation?: number };
}

export interface RecordedTrace {
  traceEvents: RecordedEvent[];
}

export async function traceJson(uri: Uri): Promise<RecordedTrace> {
  return JSON.parse(new TextDecoder().decode(ungzip(await workspace.fs.readFile(uri))));
}

export async function traceEvents(uri: Uri): Promise<RecordedEvent[]> {
  return (await traceJson(uri)).traceEvents.filter(({ ph }) => ph === 'X');
}

/** Calls of a Python frame, and the GPU time of the kernels whose launch lies inside one of them. */
export function costUnder(events: readonly RecordedEvent[], name: string): { calls: number; gpuNs: number } {
  const frames = events.filter((event) => event.cat === 'python_function' && event.name === name);
  const inside = (event: RecordedEvent): boolean => frames.some(({ tid, ts, dur }) => tid === event.tid && ts <= event.ts && event.ts < ts + dur);
  const launched = new Set(events.filter((event) => /^cuda_(runtime|driver)$/.test(event.cat ?? '') && inside(event)).map(({ args }) => args?.correlation));
  const kernels = events.filter(({ cat, args }) => cat === 'kernel' && launched.has(args?.correlation));
  return { calls: frames.length, gpuNs: kernels.reduce((sum, { dur }) => sum + Math.round(dur * 1000), 0) };
}
