/** Turns messages of the extension host into calls of ViewApi: each argument is checked before anything uses it. */
import * as v from 'valibot';
import type { Dispatch } from '../src/shared/rpc.js';
import { TABS, type ViewApi } from '../src/shared/view.js';

const span = v.object({ startNs: v.number(), endNs: v.number() });

const progress = v.object({ readBytes: v.number(), fileBytes: v.number(), events: v.number(), stage: v.string() });

const refusal = v.object({ title: v.string(), message: v.string() });

const reveal = v.object({
  tab: v.optional(v.picklist(TABS)),
  search: v.optional(v.string()),
  selection: v.optional(v.number()),
  span: v.optional(span),
  focus: v.optional(v.boolean()),
});

const group = v.object({ id: v.number(), kind: v.picklist(['gpu', 'process', 'other']), name: v.string(), detail: v.string() });

const track = v.object({
  id: v.number(),
  group: v.number(),
  kind: v.picklist(['stream', 'gpuAnnotation', 'thread', 'async', 'counter']),
  name: v.string(),
  detail: v.string(),
  rowCount: v.number(),
  sliceCount: v.number(),
  firstNs: v.number(),
  lastNs: v.number(),
  stream: v.optional(v.string()),
  device: v.optional(v.string()),
});

const info = v.object({
  fileName: v.string(),
  format: v.string(),
  producer: v.string(),
  fileBytes: v.number(),
  textBytes: v.number(),
  events: v.number(),
  sliceCount: v.number(),
  durationNs: v.number(),
  epochNs: v.string(),
  rank: v.optional(v.number()),
  worldSize: v.optional(v.number()),
  devices: v.array(v.object({ id: v.string(), name: v.string() })),
  facts: v.array(v.object({ key: v.string(), value: v.string() })),
  kernelCount: v.number(),
  kernelNames: v.number(),
  kernelTimeNs: v.number(),
  tracks: v.array(track),
  groups: v.array(group),
  problems: v.array(v.object({ kind: v.string(), count: v.number(), message: v.string() })),
  emptyReason: v.optional(v.string()),
  isMemory: v.optional(v.boolean()),
  damage: v.optional(v.string()),
  stepsHeadline: v.string(),
});

/** What `serve` needs to let the host call a view. */
export function viewDispatch(view: ViewApi): Dispatch {
  const checked =
    <Schema extends v.GenericSchema>(schema: Schema, run: (argument: v.InferOutput<Schema>) => Promise<void>) =>
    async (argument: unknown): Promise<void> =>
      run(v.parse(schema, argument));
  const methods = new Map<string, (argument: unknown) => Promise<void>>([
    ['progress', checked(progress, view.progress)],
    ['opened', checked(info, view.opened)],
    ['refused', checked(refusal, view.refused)],
    ['reveal', checked(reveal, view.reveal)],
    ['modelChanged', view.modelChanged],
    ['ncuChanged', view.ncuChanged],
    ['run', checked(v.string(), view.run)],
  ]);
  return (method) => methods.get(method);
}
