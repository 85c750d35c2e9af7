/** Which modules a kernel serves, from the report of the linking. */
import type { LinkReport, SourcePlace } from '../../src/shared/model.js';
import type { NameId, SliceDetail } from '../../src/shared/protocol.js';
import type { NoModel } from '../../src/shared/view.js';
import { isLinked } from './model/tree.js';

export interface ServedModule {
  /** from the layer, or from the model: "self_attn.qkv_proj", "norm"; the architecture for what the model itself runs */
  path: string;
  place?: SourcePlace;
  ns: number;
  count: number;
}

/** "self_attn.qkv_proj": without the way to the layer, which is the same for all. */
export function shortPath(path: string): string {
  return path.replace(/^.*\.\*\./, '').replace(/^model\./, '');
}

/** What a slice is called: the module of its own, or its kernel. */
export function sliceName({ model, ref }: Pick<SliceDetail, 'model' | 'ref'>): string {
  return model && model.slot >= 0 ? model.path.slice(model.path.lastIndexOf('.') + 1) : ref.shortName;
}

/** The modules of each kernel name, most time first. Empty while nothing is linked. */
export function servedModules(model: LinkReport | NoModel | undefined): ReadonlyMap<NameId, ServedModule[]> {
  if (!isLinked(model)) return new Map();
  const places = new Map(model.modules.map(({ path, place }) => [path, place]));
  for (const { path, place } of model.modules) if (!places.has(shortPath(path))) places.set(shortPath(path), place);
  return new Map(
    model.kernels.map(({ nameId, slots }) => [
      nameId,
      slots.map(({ path, ns, count }) => ({ path: shortPath(path) || model.architecture, place: places.get(path), ns, count })),
    ]),
  );
}
