/** Units of columns, and what a rounded number is exactly. */
import { count } from '../../src/shared/format.js';

export const MS = 1e6;
export const US = 1e3;
export const MB = 1e6;

/** "81,760 ns". */
export function exactNs(ns: number): string {
  return `${count(ns)} ns`;
}
