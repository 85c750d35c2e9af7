/** Which modules the kernel table shows when it is grouped by module. */
import type { KernelRow } from '../../src/shared/protocol.js';
import { type ChipName, chipOf } from './categoryChips.js';
import { type ModuleNode, type ModuleTree, ownPart } from './model/tree.js';

/** Modules by what runs in them, whose kernels pass the filter, or whose path has its text, and whose category is shown. */
export function moduleRows({ all }: ModuleTree, text: string, matches: (row: KernelRow) => boolean, hidden: ReadonlySet<ChipName>): ModuleNode[] {
  const wanted = text.trim().toLowerCase();
  return all
    .flatMap((node) => ownPart(node) ?? [])
    .filter(({ cost, kernels }) => {
      if (kernels.length > 0 && kernels.every(({ row }) => hidden.has(chipOf(row)))) return false;
      return wanted === '' || cost.path.toLowerCase().includes(wanted) || kernels.some(({ row }) => matches(row));
    });
}
