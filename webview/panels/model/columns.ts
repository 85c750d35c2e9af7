/** The columns of the module tree. */

import { fixed } from '../../../src/shared/format.js';
import type { Phase } from '../../../src/shared/protocol.js';
import type { Column } from '../column.js';
import { evidenceDetail, moduleConfidence } from '../evidence.js';
import { MS, US } from '../numbers.js';
import { placeText } from '../places.js';
import { type ModuleNode, type ModuleTree, perLayerNs, total, type Weight, weigh } from './tree.js';

const PHASE_TITLES: Record<Phase, string> = { decode: 'Decode ms', prefill: 'Prefill ms', mixed: 'Mixed ms', unknown: 'Other ms' };

/** Weights that the recording tells, the most telling first. */
export function weightsOf({ steps }: ModuleTree): Weight[] {
  const phases = (['decode', 'prefill', 'mixed'] as const).filter((phase) => (steps.get(phase) ?? 0) > 0);
  return [...phases, 'all'];
}

export function moduleColumns(tree: ModuleTree, weight: Weight): Column<ModuleNode>[] {
  const sum = total(tree, weight);
  const time = (key: Weight, title: string): Column<ModuleNode> => {
    const most = total(tree, key);
    const isWeight = key === weight;
    return {
      key,
      title,
      width: isWeight ? 108 : 96,
      hideBelowPx: isWeight ? undefined : 560,
      numeric: true,
      hint: key === 'decode' ? 'Mean of the decode steps' : undefined,
      className: key === 'all' ? 'strong' : `${key}${isWeight ? ' strong' : ''}`,
      value: (node) => weigh(node, key, tree) / MS || undefined,
      text: (node) => fixed(weigh(node, key, tree) / MS || undefined, 3),
      bar: isWeight ? (node) => weigh(node, key, tree) / Math.max(1, most) : undefined,
      barColour: (node) => node.category ?? (key === 'all' ? 'neutral' : key),
    };
  };
  const percentColumn: Column<ModuleNode> = {
    key: 'percent',
    title: '%',
    width: 58,
    numeric: true,
    hint: 'Of the kernel time that modules are weighed by',
    value: (node) => (100 * weigh(node, weight, tree)) / Math.max(1, sum),
    text: (node) => fixed((100 * weigh(node, weight, tree)) / Math.max(1, sum) || undefined, 1),
  };
  const times = weightsOf(tree).filter((key) => key !== 'all');
  const shown = times.length > 0 ? (weight === 'all' ? [...times, 'all' as const] : times) : (['all'] as const);
  return [
    {
      key: 'module',
      title: 'Module',
      width: 'flex',
      minWidth: 200,
      value: ({ cost }) => cost.path || cost.label,
      full: ({ cost }) => [cost.path, cost.className, cost.place && placeText(cost.place)].filter(Boolean).join(' · '),
    },
    {
      key: 'evidence',
      title: 'Evidence',
      width: 72,
      className: 'dim numeric',
      hideBelowPx: 600,
      hint: 'How sure the links are, 0 to 1; ≈ where most are inferred from the order of kernels',
      value: ({ cost }) => moduleConfidence(cost),
      full: ({ cost }) => evidenceDetail(cost.evidence),
    },
    {
      key: 'perLayer',
      title: 'µs/layer',
      width: 72,
      numeric: true,
      hint: 'Mean of one layer of one step',
      value: (node) => scaled(perLayerNs(node, weight), US),
      text: (node) => fixed(scaled(perLayerNs(node, weight), US), 2),
    },
    ...shown.flatMap((key) => {
      const column = time(key, key === 'all' ? 'Total ms' : PHASE_TITLES[key]);
      return key === weight || shown.length === 1 ? [column, percentColumn] : [column];
    }),
  ];
}

function scaled(ns: number | undefined, unit: number): number | undefined {
  return ns === undefined ? undefined : ns / unit;
}

/** The last row: all roots together, by column key. */
export function totalTexts(tree: ModuleTree, weight: Weight): Map<string, string> {
  const texts = new Map<string, string>(weightsOf(tree).map((key) => [key, fixed(total(tree, key) / MS, 3)]));
  return texts.set('percent', total(tree, weight) > 0 ? '100.0' : '–');
}
