/**
 * Puts a run of kernels beside a run of slots, both in order: which kernel was caused by which slot. A dynamic program over
 * (kernels used, slot reached, whether the slot has its own kernel already); the best total score wins.
 */
import type { Slot, SlotRole } from '../../shared/model.js';
import { KERNEL_ROLES, type KernelRole, roleIndex } from './roles.js';

/** What a slot takes besides kernels of its own role. */
interface Takes {
  own: readonly KernelRole[];
  beside: readonly KernelRole[];
  /** several kernels may be its own */
  many?: boolean;
  /** may be fused into its neighbours, so that it has no kernel */
  fusable?: boolean;
}

const SHAPING: readonly KernelRole[] = ['copy', 'elementwise'];
const TAKES: Record<SlotRole, Takes> = {
  embedding: { own: ['embedding'], beside: ['communication', ...SHAPING], fusable: true },
  norm: { own: ['norm'], beside: ['quant', 'communication', ...SHAPING], fusable: true },
  linear: { own: ['linear'], beside: ['linearAux', 'quant', ...SHAPING] },
  rope: { own: ['rope'], beside: ['kvCache', ...SHAPING], many: true, fusable: true },
  kvCache: { own: ['kvCache'], beside: ['quant', ...SHAPING], many: true, fusable: true },
  attention: { own: ['attention'], beside: ['kvCache', 'indexer', 'quant', 'linear', 'rope', 'other', ...SHAPING], many: true },
  linearAttention: { own: ['linearAttention'], beside: ['kvCache', 'norm', 'activation', 'linear', 'other', ...SHAPING], many: true },
  activation: { own: ['activation'], beside: ['quant'], fusable: true },
  moe: { own: ['moe', 'router'], beside: ['activation', 'quant', 'communication', 'linear', 'linearAux', 'other', ...SHAPING], many: true },
  router: { own: ['router', 'linear'], beside: ['linearAux', ...SHAPING], many: true },
  communication: { own: ['communication'], beside: [], fusable: true },
  quant: { own: ['quant'], beside: [], many: true, fusable: true },
  sampling: { own: ['sampling'], beside: ['communication', 'linear', ...SHAPING], many: true, fusable: true },
  copy: { own: ['copy'], beside: ['elementwise'], many: true, fusable: true },
  elementwise: { own: ['elementwise'], beside: ['copy'], many: true, fusable: true },
  other: { own: [], beside: ['other', ...SHAPING], fusable: true },
};

/** Something that kernels can be given to: a slot of the model, or what lies around the model. */
export interface Place {
  /** −1 for what lies around the model */
  slot: number;
  /** 0 for the layer of the segment, 1 for the next one; −1 outside of layers */
  layer: number;
  /** the function that calls the slot */
  owner: string;
  optional: boolean;
  fusable: boolean;
  /** score of a kernel of each role: without and with an own kernel before it */
  score: Float64Array;
  /** whether a kernel of each role is its own */
  own: Uint8Array;
}

const ROLE_COUNT = KERNEL_ROLES.length;
/** Row-parallel layers sum up over ranks after their product. */
const SUMS_UP = /RowParallel|(?:^|\.)(?:o_proj|down_proj|out_proj|dense_4h_to_h|wo|w2)$/;

/** The place of a slot. */
export function placeOf(slot: Slot, layer: number): Place {
  // A gate is a product; what picks experts by it runs inside of the experts, unless the model has a module for that.
  const takes = TAKES[slot.role === 'router' && /Linear/.test(slot.className) ? 'linear' : slot.role];
  const place: Place = {
    slot: slot.id,
    layer,
    owner: slot.owner.symbol,
    optional: slot.optional,
    fusable: takes.fusable === true,
    score: new Float64Array(2 * ROLE_COUNT),
    own: new Uint8Array(ROLE_COUNT),
  };
  const sumsUp = slot.role === 'linear' && SUMS_UP.test(`${slot.className} ${slot.path}`.replace(' ', '.'));
  for (const role of KERNEL_ROLES) {
    const index = roleIndex(role);
    const own = takes.own.includes(role);
    place.own[index] = own ? 1 : 0;
    place.score[2 * index] = own ? 3 : besideScore(slot.role, takes, role, false);
    place.score[2 * index + 1] = own ? (takes.many ? 1.5 : takes === TAKES.linear ? -3 : -1) : besideScore(slot.role, takes, role, true);
    if (sumsUp && role === 'communication') place.score[2 * index + 1] = 2;
  }
  return place;
}

/** Hand-set so that the structure decides: a product more or less costs more than any doubt about small kernels. */
function besideScore(slot: SlotRole, { beside }: Takes, role: KernelRole, hasOwn: boolean): number {
  if (!beside.includes(role)) return -2;
  switch (role) {
    case 'kvCache':
      return slot === 'attention' || slot === 'linearAttention' ? 2 : 0.5;
    case 'communication':
      if (slot === 'embedding' || slot === 'moe') return hasOwn ? 1.2 : -0.5;
      return slot === 'sampling' ? 0.4 : -0.5;
    case 'linear':
      // Shared experts run inside of the experts, after them; latent attention has products of its own.
      if (slot === 'moe') return hasOwn ? -0.5 : -2.5;
      return slot === 'sampling' ? -1 : -1.9;
    case 'linearAux':
      return hasOwn ? 1.5 : -1;
    default:
      return hasOwn ? 0.4 : 0.2;
  }
}

/** What comes right before an attention and belongs to it: cache writes, quantised queries, the picking of keys. */
export function attentionPreparation(slot: Slot, layer: number): Place {
  const place = placeOf({ ...slot, optional: true }, layer);
  place.score.fill(-2);
  place.own.fill(0);
  for (const [role, score] of [
    ['kvCache', 2.5],
    ['indexer', 1.5],
    ['quant', 1],
    ['copy', 0.2],
    ['elementwise', 0.2],
    ['linear', -1.9],
  ] as const) {
    place.score.fill(score, 2 * roleIndex(role), 2 * roleIndex(role) + 2);
  }
  return place;
}

/** What the engine does before and after the model's forward: anything, but nothing that fits a slot. */
export function aroundTheModel(): Place {
  return { slot: -1, layer: -1, owner: '', optional: true, fusable: true, score: new Float64Array(2 * ROLE_COUNT).fill(0.3), own: new Uint8Array(ROLE_COUNT) };
}

export interface Alignment {
  /** index of the place of each kernel */
  place: Int16Array;
  /** higher is better; comparable only between alignments of the same kernels */
  score: number;
  /** places that must have a kernel and have none */
  unfilled: number;
  /** every product has a linear slot of its own */
  productsFit: boolean;
}

/** What leaving a place without a kernel of its own costs. */
function skipCost(place: Place, hasOwn: boolean): number {
  if (hasOwn || place.optional) return 0;
  return place.fusable ? -0.8 : -2.5;
}

/** The best monotone alignment of kernels, given by their roles, with places. */
export function align(roles: Uint8Array, places: readonly Place[]): Alignment {
  const width = places.length * 2;
  const best = new Float64Array((roles.length + 1) * width).fill(Number.NEGATIVE_INFINITY);
  // How a state was reached: from which `has own` of it, and whether by a kernel (2) or by going to the next place (0).
  const from = new Uint8Array(best.length);
  best[0] = 0;
  for (let used = 0; used <= roles.length; used++) {
    const row = used * width;
    for (let at = 0; at < places.length; at++) {
      for (let own = 0; own < 2; own++) {
        const here = best[row + 2 * at + own];
        if (here === Number.NEGATIVE_INFINITY) continue;
        if (at + 1 < places.length) relax(best, from, row + 2 * (at + 1), here + skipCost(places[at], own === 1), own);
        if (used === roles.length) continue;
        const role = roles[used];
        const owns = own === 1 || places[at].own[role] === 1 ? 1 : 0;
        relax(best, from, row + width + 2 * at + owns, here + places[at].score[2 * role + own], 2 + own);
      }
    }
  }
  return traced(roles, places, best, from);
}

function relax(best: Float64Array, from: Uint8Array, state: number, score: number, how: number): void {
  if (score <= best[state]) return;
  best[state] = score;
  from[state] = how;
}

/** Walks back from the best end. */
function traced(roles: Uint8Array, places: readonly Place[], best: Float64Array, from: Uint8Array): Alignment {
  const width = places.length * 2;
  const end = (roles.length + 1) * width - 2;
  const last = places[places.length - 1];
  const score = Math.max(best[end] + skipCost(last, false), best[end + 1] + skipCost(last, true));
  const place = new Int16Array(roles.length);
  const filled = new Uint8Array(places.length);
  let own = best[end] + skipCost(last, false) >= best[end + 1] + skipCost(last, true) ? 0 : 1;
  let productsFit = true;
  for (let used = roles.length, at = places.length - 1; used > 0 || at > 0; ) {
    const how = from[used * width + 2 * at + own];
    if (how < 2) {
      own = how;
      at--;
      continue;
    }
    used--;
    own = how - 2;
    place[used] = at;
    const owns = places[at].own[roles[used]] === 1;
    if (owns) filled[at] = 1;
    if (roles[used] === LINEAR && (!owns || own === 1) && places[at].slot >= 0) productsFit = false;
  }
  const unfilled = places.filter((one, at) => filled[at] === 0 && !one.optional && !one.fusable).length;
  return { place, score, unfilled, productsFit };
}

const LINEAR = roleIndex('linear');
