/** The columns inside `Tile.buffer`: written by core/trace/tile.ts, read by the webview without copying. */
import type { Tile } from './protocol.js';

/** Something in the cell is a hit of the request's search. */
export const CELL_HIT = 1;

/** Columns of a tile of slices, in this order, each `count` long. */
export interface Cells {
  /** ns from the tile's start; may be negative, may pass its end */
  x0: Float32Array;
  x1: Float32Array;
  /** the cell stands for the slices firstSlice … firstSlice + sliceCount − 1 */
  firstSlice: Uint32Array;
  sliceCount: Uint32Array;
  /** the longest slice in it */
  mainSlice: Uint32Array;
  /** name of the longest slice */
  nameId: Uint32Array;
  row: Uint16Array;
  /** index into COLOUR_CLASSES */
  colour: Uint8Array;
  flags: Uint8Array;
}

export const CELL_BYTES = 4 * 6 + 2 + 1 + 1;

/** Views of a slice tile's columns. */
export function cells(tile: Pick<Tile, 'buffer' | 'count'>): Cells {
  const { buffer, count } = tile;
  return {
    x0: new Float32Array(buffer, 0, count),
    x1: new Float32Array(buffer, count * 4, count),
    firstSlice: new Uint32Array(buffer, count * 8, count),
    sliceCount: new Uint32Array(buffer, count * 12, count),
    mainSlice: new Uint32Array(buffer, count * 16, count),
    nameId: new Uint32Array(buffer, count * 20, count),
    row: new Uint16Array(buffer, count * 24, count),
    colour: new Uint8Array(buffer, count * 26, count),
    flags: new Uint8Array(buffer, count * 27, count),
  };
}

/** Columns of a counter tile: `min` … `max` of the values in force from x (ns from the tile's start) to the next x. */
export interface CounterPoints {
  x: Float32Array;
  min: Float32Array;
  max: Float32Array;
}

export const COUNTER_BYTES = 12;

export function counterPoints(tile: Pick<Tile, 'buffer' | 'count'>): CounterPoints {
  const { buffer, count } = tile;
  return {
    x: new Float32Array(buffer, 0, count),
    min: new Float32Array(buffer, count * 4, count),
    max: new Float32Array(buffer, count * 8, count),
  };
}
