/**
 * Where everything is in the picture of the module tree: a row a level, as wide as each module's time; the last row are
 * kernels. A module without children reaches down to it, and so does what a module with children runs itself.
 */

import { type KernelShare, type ModuleNode, type ModuleTree, ownPart, type Weight, weigh, weighKernel } from './tree.js';

export const LEVEL_PX = 30;
const KERNEL_ROW_SHARE = 0.28;
const KERNEL_ROW_PX = 104;

export interface Box {
  node: ModuleNode;
  /** the module, what it runs itself beside its children, or one of its kernels */
  part: 'module' | 'own' | 'kernel';
  kernel?: KernelShare;
  /** what it weighs */
  ns: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Lays out a picture of a size; `of` are the modules of the top row. */
export function layOutIcicle(of: readonly ModuleNode[], tree: ModuleTree, weight: Weight, width: number, height: number): Box[] {
  const boxes: Box[] = [];
  const kernelTop = height - Math.min(KERNEL_ROW_PX, Math.round(height * KERNEL_ROW_SHARE));
  const placeKernels = (node: ModuleNode, ns: number, left: number, right: number): void => {
    const shares = node.kernels.map((kernel) => ({ kernel, ns: weighKernel(kernel, weight, tree) }));
    const pxPerNs =
      (right - left) /
      Math.max(
        ns,
        shares.reduce((sum, share) => sum + share.ns, 0),
      );
    let x = left;
    for (const { kernel, ns: kernelNs } of shares) {
      const end = x + kernelNs * pxPerNs;
      if (end > x) boxes.push({ node, part: 'kernel', kernel, ns: kernelNs, left: x, right: end, top: kernelTop, bottom: height });
      x = end;
    }
  };
  /** Places modules side by side, and answers where they end. */
  const place = (nodes: readonly ModuleNode[], left: number, top: number, pxPerNs: number): number => {
    const below = Math.min(kernelTop, top + LEVEL_PX);
    let x = left;
    for (const node of nodes) {
      const ns = weigh(node, weight, tree);
      const right = x + ns * pxPerNs;
      const isLeaf = node.children.length === 0;
      if (right > x) boxes.push({ node, part: 'module', ns, left: x, right, top, bottom: isLeaf ? kernelTop : below });
      const own = right > x ? ownPart(node) : undefined;
      const ownNs = own ? weigh(own, weight, tree) : 0;
      const ownLeft = right > x && !isLeaf ? place(node.children, x, below, pxPerNs) : x;
      if (ownNs > 0 && !isLeaf) boxes.push({ node, part: 'own', ns: ownNs, left: ownLeft, right, top: below, bottom: kernelTop });
      if (ownNs > 0) placeKernels(node, ownNs, ownLeft, right);
      x = right;
    }
    return x;
  };
  const all = of.reduce((sum, node) => sum + weigh(node, weight, tree), 0);
  if (all > 0) place(of, 0, 0, width / all);
  return boxes;
}

/** What is at a place. */
export function boxAt(boxes: readonly Box[], x: number, y: number): Box | undefined {
  return boxes.find(({ left, right, top, bottom }) => x >= left && x < right && y >= top && y < bottom);
}
