/** Lays the costs of a trace over the definitions of one Python file. */

import { isModelFile } from '../../shared/modelLink.js';
import type { FrameCost } from '../../shared/protocol.js';
import { modulePath } from './frames.js';
import { classesNamed, definitionsOf, type PythonSymbol } from './python.js';

export interface SymbolCost {
  symbol: PythonSymbol;
  cost: FrameCost;
  /** the file has several functions of that name, and the recorded lines had to tell them apart though they moved */
  inferred: boolean;
}

/** A cost of a class, as against one of a function, has no function. */
const isClass = ({ frame }: FrameCost): boolean => frame.function === '';

/**
 * The costs that belong to definitions of the file, in the order of its lines. Functions belong to the file of their path
 * inside the package. A class does too, and any file of models that defines it: its `forward` may be inherited.
 */
export function costsInFile(file: string, symbols: readonly PythonSymbol[], costs: readonly FrameCost[]): SymbolCost[] {
  const here = modulePath(file);
  if (!here) return [];
  const isHere = ({ frame }: FrameCost): boolean => sameFile(here.path, modulePath(frame.file)?.path);
  const found = new Map<PythonSymbol, SymbolCost>();
  const add = (symbol: PythonSymbol | undefined, cost: FrameCost, inferred: boolean): void => {
    // Costs come most expensive first, so where two fall on one definition the larger stays.
    if (symbol && !found.has(symbol)) found.set(symbol, { symbol, cost, inferred });
  };
  for (const cost of costs) {
    if (isClass(cost)) {
      if (cost.frame.module !== undefined && (isHere(cost) || isModelFile(here.path))) add(classesNamed(symbols, cost.frame.module)[0], cost, false);
    } else if (isHere(cost)) {
      const definitions = definitionsOf(symbols, cost.frame);
      add(nearest(definitions, cost.frame.line), cost, definitions.length > 1);
    }
  }
  return [...found.values()].sort((a, b) => a.symbol.line - b.symbol.line);
}

/** Paths that are equal, or where one has folders in front that the other was recorded or opened without. */
function sameFile(a: string, b: string | undefined): boolean {
  return b !== undefined && b !== '' && (`/${a}`.endsWith(`/${b}`) || `/${b}`.endsWith(`/${a}`));
}

function nearest(definitions: readonly PythonSymbol[], line: number): PythonSymbol | undefined {
  const distance = ({ firstLine }: PythonSymbol): number => Math.abs(firstLine - line);
  return definitions.length === 0 ? undefined : definitions.reduce((best, one) => (distance(one) < distance(best) ? one : best));
}
