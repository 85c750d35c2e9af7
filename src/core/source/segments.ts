/** Aligns the kernels of one step with the slots of a model, from attention to attention. */
import type { ModelMap } from '../../shared/model.js';
import { type Alignment, align, aroundTheModel, attentionPreparation, type Place, placeOf } from './align.js';
import { type LayerForm, layerForms } from './layerForms.js';
import { roleIndex } from './roles.js';

/** Where the kernels of a step belong, in the order they were given. */
export interface StepAlignment {
  /** id of the slot, −1 for none */
  slot: Int16Array;
  layer: Int16Array;
  /** how well the segment of each kernel fits: 0 … 1, 0 where nothing was aligned */
  fit: Float32Array;
  /** index into OWNERSHIP */
  own: Uint8Array;
  layers: number;
  /** index of the first kernel of each segment, and the number of kernels */
  borders: number[];
}

/** How a kernel belongs to its slot: runs beside the slot's own, is its own, or only the function that calls the slot is known. */
export const OWNERSHIP = ['beside', 'own', 'owner'] as const;

/** Structure agrees: as many products as linear slots. Otherwise small counts decide, and less is certain (measured on traces with stacks). */
const FITS = 0.85;
/** … and where it does not. */
export const FITS_PARTLY = 0.65;
const PER_UNFILLED = 0.15;
const LOWEST = 0.1;
export interface Aligner {
  /** roles of kernels with which layers can begin: the first attention of each kind of layer */
  attends: readonly number[];
  /** `roles` of kernels in time order; `anchors`: indices where the attention of a layer begins */
  step(roles: Uint8Array, anchors: readonly number[]): StepAlignment;
}

interface Aligned {
  alignment: Alignment;
  places: Place[];
}

/** Undefined for a model without attention in its layers. Equal segments are aligned once, whatever step they are in. */
export function createAligner(model: ModelMap): Aligner | undefined {
  const { attending, bare } = layerForms(model);
  if (attending.length === 0) return undefined;
  const before = model.slots.filter(({ section }) => section === 'before').map((slot) => placeOf(slot, -1));
  const after = model.slots.filter(({ section }) => section === 'after').map((slot) => placeOf(slot, -1));
  // Layers without attention count as part of the layer before them.
  const between = [[], ...bare.map((slots) => slots.map((slot) => placeOf(slot, 0)))];
  const ofRole = (role: number): LayerForm[] => {
    const alike = attending.filter(({ attention }) => roleIndex(attention.role) === role);
    return alike.length > 0 ? alike : attending;
  };
  const headsOf = (role: number, layer: number): Place[][] =>
    ofRole(role).map(({ head, attention }) => [...head.map((slot) => placeOf(slot, layer)), attentionPreparation(attention, layer)]);
  const tailsOf = (role: number): Place[][] => ofRole(role).map(({ tail, attention }) => [attention, ...tail].map((slot) => placeOf(slot, 0)));
  /** a segment from an attention of one role, or the beginning, to one of another, or the end */
  const choices = (from: number | undefined, to: number | undefined): Place[][] => {
    // The first and the last stage of a pipeline have what is around the layers, others have not.
    const starts =
      from === undefined ? [[aroundTheModel(), ...before], [aroundTheModel()]] : tailsOf(from).flatMap((tail) => between.map((bare) => [...tail, ...bare]));
    const ends = to === undefined ? [[...after, aroundTheModel()], [aroundTheModel()]] : headsOf(to, from === undefined ? 0 : 1);
    return starts.flatMap((start) => ends.map((end) => [...start, ...end]));
  };
  const places = new Map<string, Place[][]>();
  const known = new Map<string, Aligned>();
  const best = (from: number | undefined, to: number | undefined, roles: Uint8Array): Aligned => {
    const kind = `${from} ${to} `;
    const key = kind + String.fromCharCode(...roles);
    let found = known.get(key);
    if (found !== undefined) return found;
    let mine = places.get(kind);
    if (mine === undefined) places.set(kind, (mine = choices(from, to)));
    known.set(key, (found = bestOf(roles, mine)));
    return found;
  };
  return {
    attends: [...new Set(attending.map(({ attention }) => roleIndex(attention.role)))],
    step(roles, anchors) {
      const result: StepAlignment = {
        slot: new Int16Array(roles.length).fill(-1),
        layer: new Int16Array(roles.length).fill(-1),
        fit: new Float32Array(roles.length),
        own: new Uint8Array(roles.length),
        layers: anchors.length,
        borders: [0, ...anchors, roles.length],
      };
      for (let segment = 0; segment <= anchors.length && anchors.length > 0; segment++) {
        const [from, to] = [result.borders[segment], result.borders[segment + 1]];
        if (from === to) continue;
        const mine = roles.subarray(from, to);
        const aligned = best(segment === 0 ? undefined : roles[from], segment === anchors.length ? undefined : roles[to], mine);
        write(result, from, mine, Math.max(segment - 1, 0), aligned);
      }
      return result;
    },
  };
}

function bestOf(roles: Uint8Array, choices: Place[][]): Aligned {
  let best: Aligned | undefined;
  for (const places of choices) {
    const alignment = align(roles, places);
    if (best === undefined || alignment.score > best.alignment.score + 1e-9) best = { alignment, places };
  }
  return best ?? { alignment: align(roles, [aroundTheModel()]), places: [aroundTheModel()] };
}

function write(result: StepAlignment, from: number, roles: Uint8Array, layer: number, { alignment, places }: Aligned): void {
  const fit = Math.max(LOWEST, (alignment.productsFit ? FITS : FITS_PARTLY) - PER_UNFILLED * alignment.unfilled);
  for (let index = 0; index < roles.length; index++) {
    const place = places[alignment.place[index]];
    if (place.slot < 0) continue;
    const at = from + index;
    result.slot[at] = place.slot;
    result.layer[at] = place.layer < 0 ? -1 : layer + place.layer;
    result.fit[at] = fit;
    result.own[at] = place.own[roles[index]];
    if (place.own[roles[index]] === 1 || place.score[2 * roles[index] + 1] > -2) continue;
    // A kernel that its slot does not take is only there because everything has to be somewhere: between two calls of a function it is that function's.
    const before = places[alignment.place[Math.max(index - 1, 0)]];
    const after = places[alignment.place[Math.min(index + 1, roles.length - 1)]];
    result.fit[at] = before.owner === after.owner && before.layer === after.layer ? Math.max(LOWEST, fit - PER_UNFILLED) : LOWEST;
    result.own[at] = OWNERSHIP.indexOf('owner');
  }
}

/** Kernels that can be a layer's attention, where no model says which are. */
export const ATTENDING: readonly number[] = [roleIndex('attention'), roleIndex('linearAttention')];

/** Where the attention of each layer begins: the first kernel of it in each layer that the kernels were found to have, and each linear attention. */
export function attentionAnchors(roles: Uint8Array, layers: Int16Array, attends: readonly number[]): number[] {
  const anchors: number[] = [];
  let layerBefore = -1;
  for (let at = 0; at < roles.length; at++) {
    if (!attends.includes(roles[at])) continue;
    const isFirst = layers[at] !== layerBefore && layers[at] >= 0;
    const isLinear = roles[at] === LINEAR_ATTENTION && (at === 0 || !attends.includes(lastAttending(roles, at, attends)));
    if (isFirst || isLinear) anchors.push(at);
    if (layers[at] >= 0) layerBefore = layers[at];
  }
  return anchors;
}

/** Role of the nearest kernel before that is a product or an attention: between two linear attentions there are products. */
function lastAttending(roles: Uint8Array, before: number, attends: readonly number[]): number {
  for (let at = before - 1; at >= 0; at--) if (roles[at] === LINEAR || attends.includes(roles[at])) return roles[at];
  return LINEAR;
}

const LINEAR = roleIndex('linear');
const LINEAR_ATTENTION = roleIndex('linearAttention');
