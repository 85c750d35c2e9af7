/** Aligns the kernels of one step with the slots of a model, from attention to attention. */
import type { ModelMap, Slot } from '../../shared/model.js';
import { type Alignment, align, aroundTheModel, attentionPreparation, type Place, placeOf } from './align.js';
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
/** Combinations of variants (dense or experts, latent or plain attention) that are tried. */
const MOST_VARIANTS = 8;

/** Slots of one kind of layer, cut at its attention. */
interface LayerForm {
  attention: Slot;
  head: Slot[];
  tail: Slot[];
}

export interface Aligner {
  /** `roles` of kernels in time order; `anchors`: indices where the attention of a layer begins */
  step(roles: Uint8Array, anchors: readonly number[]): StepAlignment;
}

interface Aligned {
  alignment: Alignment;
  places: Place[];
}

/** Undefined for a model without attention in its layers. Equal segments are aligned once, whatever step they are in. */
export function createAligner(model: ModelMap): Aligner | undefined {
  const forms = layerForms(model);
  if (forms.length === 0) return undefined;
  const before = model.slots.filter(({ section }) => section === 'before').map((slot) => placeOf(slot, -1));
  const after = model.slots.filter(({ section }) => section === 'after').map((slot) => placeOf(slot, -1));
  const heads = forms.map(({ head, attention }) => (layer: number) => [...head.map((slot) => placeOf(slot, layer)), attentionPreparation(attention, layer)]);
  const tails = forms.map(({ tail, attention }) => [attention, ...tail].map((slot) => placeOf(slot, 0)));
  const first = heads.map((head) => [aroundTheModel(), ...before, ...head(0)]);
  const middle = tails.flatMap((tail) => heads.map((head) => [...tail, ...head(1)]));
  const last = tails.map((tail) => [...tail, ...after, aroundTheModel()]);
  const known = new Map<string, Aligned>();
  const best = (kind: string, roles: Uint8Array, choices: Place[][]): Aligned => {
    const key = kind + String.fromCharCode(...roles);
    let found = known.get(key);
    if (found === undefined) known.set(key, (found = bestOf(roles, choices)));
    return found;
  };
  return {
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
        const aligned = segment === 0 ? best('first', mine, first) : segment === anchors.length ? best('last', mine, last) : best('middle', mine, middle);
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

/** The kinds of layers: slots that all have, with one choice for each part that differs. */
function layerForms({ slots }: ModelMap): LayerForm[] {
  const inLayer = slots.filter(({ section }) => section === 'layer');
  const parts = new Map<string, Set<string>>();
  for (const { path, variant } of inLayer) {
    if (variant === '') continue;
    const part = partOf(path);
    parts.set(part, (parts.get(part) ?? new Set()).add(variant));
  }
  let choices: Map<string, string>[] = [new Map()];
  for (const [part, variants] of parts)
    choices = choices.flatMap((choice) => [...variants].map((variant) => new Map(choice).set(part, variant))).slice(0, MOST_VARIANTS);
  return choices.flatMap((choice) => {
    const mine = inLayer.filter(({ path, variant }) => variant === '' || choice.get(partOf(path)) === variant).filter(isLastOfCalls);
    const at = mine.findIndex(({ role }) => role === 'attention' || role === 'linearAttention');
    return at < 0 ? [] : [{ attention: mine[at], head: mine.slice(0, at), tail: mine.slice(at + 1) }];
  });
}

/** A module named twice in a row, first handed to a helper and then called, is one call. */
function isLastOfCalls({ path }: Slot, at: number, slots: readonly Slot[]): boolean {
  return slots[at + 1]?.path !== path;
}

function partOf(path: string): string {
  const dot = path.indexOf('.');
  return dot < 0 ? path : path.slice(0, dot);
}

const ATTENDS = [roleIndex('attention'), roleIndex('linearAttention')];

/** Where the attention of each layer begins: the first kernel of it in each layer that the kernels were found to have, and each linear attention. */
export function attentionAnchors(roles: Uint8Array, layers: Int16Array): number[] {
  const anchors: number[] = [];
  let layerBefore = -1;
  for (let at = 0; at < roles.length; at++) {
    if (!ATTENDS.includes(roles[at])) continue;
    const isFirst = layers[at] !== layerBefore && layers[at] >= 0;
    const isLinear = roles[at] === ATTENDS[1] && (at === 0 || !ATTENDS.includes(lastAttending(roles, at)));
    if (isFirst || isLinear) anchors.push(at);
    if (layers[at] >= 0) layerBefore = layers[at];
  }
  return anchors;
}

/** Role of the nearest kernel before that is a product or an attention: between two linear attentions there are products. */
function lastAttending(roles: Uint8Array, before: number): number {
  for (let at = before - 1; at >= 0; at--) if (roles[at] === LINEAR || ATTENDS.includes(roles[at])) return roles[at];
  return LINEAR;
}

const LINEAR = roleIndex('linear');
