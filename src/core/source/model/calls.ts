/** The calls of a forward function, and how the calls of its branches become one sequence. */
import type { SlotRole, SourcePlace } from '../../../shared/model.js';

/** A slot before the layers are known: its path is from the model. */
export interface Call {
  path: string;
  className: string;
  role: SlotRole;
  variant: string;
  optional: boolean;
  /** run by the module that it was given to, where it is not called itself */
  injected?: boolean;
  /** where it is called, in every branch that does */
  places: SourcePlace[];
  owner: SourcePlace;
  forward?: SourcePlace;
}

/** A call that only one kind of layer makes: "Jamba's attention layer / its mixture of experts". */
export function inVariant(call: Call, around: string, name: string): Call {
  const inner = around === '' ? call.variant : call.variant.slice(around.length + 1);
  return { ...call, variant: [around, name, inner].filter((part) => part !== '').join('/') };
}

/**
 * Branches as one sequence: what only some of them call is optional. The longest gives the order, and the calls of the
 * others come before what follows them there. Of the lines that call the same thing the last branch's is the first:
 * `if residual is None` is only for the first layer.
 */
export function merge(branches: readonly Call[][], out: Call[]): void {
  const order = branches.toSorted((a, b) => b.length - a.length);
  const found: { key: string; call: Call; in: Map<Call[], Call> }[] = [];
  for (const calls of order) {
    const keys = numbered(calls);
    calls.forEach((call, at) => {
      const known = found.find(({ key }) => key === keys[at]);
      if (known) {
        known.in.set(calls, call);
        return;
      }
      const next = found.findIndex(({ key }) => keys.indexOf(key, at) >= 0);
      found.splice(next < 0 ? found.length : next, 0, { key: keys[at]!, call, in: new Map([[calls, call]]) });
    });
  }
  for (const { call, in: some } of found) {
    const same = branches.toReversed().flatMap((calls) => some.get(calls) ?? []);
    const places = same.flatMap((one) => one.places);
    out.push({
      ...call,
      places: places.filter((place, at) => places.findIndex(({ line, file }) => line === place.line && file === place.file) === at),
      optional: same.length < branches.length || same.some(({ optional }) => optional),
    });
  }
}

/** What is called, and which time: a norm can be called twice. */
function numbered(calls: readonly Call[]): string[] {
  const times = new Map<string, number>();
  return calls.map(({ path, role, variant }) => {
    const key = `${path} ${role} ${variant}`;
    const time = (times.get(key) ?? 0) + 1;
    times.set(key, time);
    return `${key} ${time}`;
  });
}
