/** The kinds of layers that a model has: with experts or without, with one attention or another. */
import type { ModelMap, Slot } from '../../shared/model.js';

/** Slots of one kind of layer, cut at its attention. */
export interface LayerForm {
  attention: Slot;
  head: Slot[];
  tail: Slot[];
}

export interface LayerForms {
  /** with an attention of some kind */
  attending: LayerForm[];
  /** layers of other models' layers: a mixture of experts alone */
  bare: Slot[][];
}

/** Kinds that are tried: dense or experts, latent or plain attention. */
const MOST_KINDS = 8;

export function layerForms({ slots }: ModelMap): LayerForms {
  const forms: LayerForms = { attending: [], bare: [] };
  const inLayer = slots.filter(({ section }) => section === 'layer');
  for (const kind of kindsOf(inLayer, 0).slice(0, MOST_KINDS)) {
    const calls = kind.sort((a, b) => a.id - b.id).filter(isLastOfCalls);
    const at = calls.findIndex(attends);
    if (at < 0) forms.bare.push(calls);
    else forms.attending.push({ attention: calls[at], head: calls.slice(0, at), tail: calls.slice(at + 1) });
  }
  return forms;
}

export function attends({ role }: Pick<Slot, 'role'>): boolean {
  return role === 'attention' || role === 'linearAttention';
}

/** Slots that all have, with one variant of each group; a variant can have variants of its own: "JambaAttentionDecoderLayer/JambaMoE". */
function kindsOf(slots: readonly Slot[], depth: number): Slot[][] {
  const nameOf = ({ variant }: Slot): string => variant.split('/')[depth] ?? '';
  let kinds: Slot[][] = [slots.filter((slot) => nameOf(slot) === '')];
  for (const group of exclusiveGroups(slots, nameOf)) {
    const choices = group.flatMap((name) =>
      kindsOf(
        slots.filter((slot) => nameOf(slot) === name),
        depth + 1,
      ),
    );
    kinds = kinds.flatMap((kind) => choices.map((choice) => [...kind, ...choice]));
  }
  return kinds;
}

/**
 * Names of variants that exclude each other: those of one module of the layer. Variants that have a module of their own
 * are each other's alternatives: "linear_attn" of one layer and "self_attn" of another, "block_sparse_moe" and "mlp".
 */
function exclusiveGroups(slots: readonly Slot[], nameOf: (slot: Slot) => string): string[][] {
  const groups: Set<string>[] = [];
  const varied = slots.filter((slot) => nameOf(slot) !== '').map((slot) => ({ name: nameOf(slot), path: slot.path.split('.') }));
  // Where all are in one module, as in a draft model's "mtp_block", its parts are what differs.
  const shared = varied[0]?.path.findIndex((element, depth) => varied.some(({ path }) => path[depth] !== element || path.length === depth + 1)) ?? 0;
  const moduleOf = ({ path }: { path: string[] }): string => path[shared];
  for (const module of new Set(varied.map(moduleOf))) {
    const names = new Set(varied.filter((one) => moduleOf(one) === module).map(({ name }) => name));
    const same = groups.filter((group) => [...names].some((name) => group.has(name)));
    for (const group of same) groups.splice(groups.indexOf(group), 1);
    groups.push(new Set([...same.flatMap((group) => [...group]), ...names]));
  }
  const alone = groups.filter(({ size }) => size === 1).flatMap((group) => [...group]);
  // In one module there is one of them; else a layer has an attention of some kind and something of another.
  const attending = alone.filter((name) => shared > 0 || slots.some((slot) => nameOf(slot) === name && attends(slot)));
  const others = alone.filter((name) => !attending.includes(name));
  return [...groups.filter(({ size }) => size > 1).map((group) => [...group]), attending, others].filter((group) => group.length > 0);
}

/** A module named twice in a row, first handed to a helper and then called, is one call. */
function isLastOfCalls({ path }: Slot, at: number, slots: readonly Slot[]): boolean {
  return slots[at + 1]?.path !== path;
}
