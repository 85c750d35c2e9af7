/** Under the module tree: the selected module, its kernels, and the ways to its source and to its slices. */

import { count, duration, plural } from '../../../src/shared/format.js';
import type { App } from '../../app.js';
import { button } from '../../ui.js';
import { box, el, span, swatch } from '../dom.js';
import { shortPath } from '../modelPaths.js';
import { openPlace, placeLink, symbolText } from '../places.js';
import type { KernelShare, ModuleNode } from './tree.js';

/** More are in the kernel table. */
const SHOWN_KERNELS = 4;

/** Shows the slices of a module: they are the hits of its search, and the first is selected. */
export function showSlices(app: App, { cost }: ModuleNode): void {
  if (!cost.search) return;
  void app.showHits(cost.search).then(
    () => app.run('nextHit'),
    (error: Error) => app.announce(error.message),
  );
}

/** Opens what calls the module, or says that nothing is known. */
export function openModule(app: App, { cost }: ModuleNode): void {
  if (cost.place) openPlace(app, cost.place);
  else app.announce(`${cost.label} has no line of source`);
}

/** Of what runs in a module or below it, the kernel with most time. */
function mainKernel({ kernels, children }: ModuleNode): KernelShare | undefined {
  return [kernels[0], ...children.map(mainKernel)].reduce((best, one) => ((one?.ns ?? 0) > (best?.ns ?? 0) ? one : best), undefined);
}

/** Opens the definition of the kernel that a module spends most of its time in. */
export async function openKernel(app: App, node: ModuleNode): Promise<void> {
  const main = mainKernel(node);
  const call = main && (await app.trace.occurrences(main.row.nameId, 1)).slice[0];
  if (call === undefined) app.announce(`${node.cost.label} runs no kernel`);
  else await app.host.openKernelSource(call);
}

export function moduleCard(app: App, node: ModuleNode): HTMLElement {
  const { label, path, place, phases, search } = node.cost;
  const calls = phases.reduce((sum, phase) => sum + phase.count, 0);
  const head = box(
    'module-card-head',
    node.category && swatch(node.category),
    el('strong', { class: 'ellipsis', title: path }, shortPath(path) || label),
    place && placeLink(app, place),
    span('dim ellipsis', place ? symbolText(place) : ''),
    box(
      'actions',
      place && button('Go to Code', { icon: 'goToCode', primary: true, onClick: () => openModule(app, node) }),
      search
        ? button(plural(calls, 'Slice'), { icon: 'timeline', description: `Show the ${count(calls)} slices of ${label}`, onClick: () => showSlices(app, node) })
        : undefined,
    ),
  );
  const kernels = node.kernels
    .slice(0, SHOWN_KERNELS)
    .map(({ row, ns, count: times }) =>
      box(
        'module-kernel',
        el('span', { class: 'mono ellipsis', title: row.name }, row.shortName),
        span('dim', `${count(times)} × ${duration(ns / Math.max(1, times))}`),
      ),
    );
  const more = node.kernels.length - SHOWN_KERNELS;
  return el(
    'section',
    { class: 'module-card', 'aria-label': `Module ${label}` },
    head,
    ...kernels,
    more > 0 ? span('dim', `and ${plural(more, 'kernel')} more`) : undefined,
  );
}
