/** The drawer's first tab: what the selected slice is, why it ran, and the code behind it. */

import { bytes, count, duration, fixed, percent } from '../../src/shared/format.js';
import type { SliceDetail } from '../../src/shared/protocol.js';
import type { App } from '../app.js';
import { colourLabel } from '../theme.js';
import { box, type Child, colourChip, copyButton, factList, span, swatch, textButton } from './dom.js';
import { showCode } from './modelCode.js';
import { shortPath, sliceName } from './modelPaths.js';
import { ncuSection } from './ncu.js';
import { exactNs } from './numbers.js';
import { stepName, stepWindow } from './steps.js';
import { showChain } from './whyItRan.js';

const LAUNCH_DELAY = 'From the start of the launching call to the start of the kernel: the call itself plus the wait in the queue.';
const AFTER_CALL = 'From the end of the launching call to the start of the kernel.';

export function sliceTab(root: HTMLElement, app: App): () => void {
  const facts = box('drawer-column slice-facts');
  const why = box('drawer-column why');
  const code = box('drawer-column code');
  const columns = box('slice-columns', facts, why, code);
  const nothing = box('drawer-note dim', 'Select a slice in the timeline to see what it is and why it ran.');
  root.append(nothing, columns);
  for (const [column, name] of [
    [facts, 'Facts'],
    [why, 'Why it ran'],
    [code, 'Model code'],
  ] as const) {
    // Each scrolls by itself, so each must be reachable by keyboard.
    column.tabIndex = 0;
    column.setAttribute('role', 'region');
    column.setAttribute('aria-label', name);
  }

  const ncu = ncuSection(app);
  let shown: SliceDetail | undefined;
  return () => {
    const { detail } = app.state;
    nothing.hidden = detail !== undefined;
    columns.hidden = detail === undefined;
    if (!detail) return;
    ncu.show(detail.ref.kind === 'kernel' ? detail.ref.nameId : undefined, detail.ref.slice);
    if (detail === shown) return;
    shown = detail;
    showCode(code, app, detail);
    facts.replaceChildren(...factsOf(app, detail), ncu.element);
    showChain(why, app, detail);
    facts.scrollTop = code.scrollTop = 0;
  };
}

function factsOf(app: App, detail: SliceDetail): HTMLElement[] {
  const { ref, durNs, selfNs, afterCallNs, launchDelayNs, kernel, sameName, category } = detail;
  const explained = (text: string, note: string): HTMLElement => span('', text, ' ', span('dim', note));
  return [
    box(
      'slice-head',
      swatch(ref.colour),
      span('slice-name ellipsis', sliceName(detail)),
      colourChip(ref.colour, colourLabel(ref.colour)),
      durationElement(durNs),
    ),
    box(
      'full-name mono',
      ref.name,
      copyButton('Copy the name', () => app.copy(ref.name)),
    ),
    factList([
      ['Where', whereOf(app, detail)],
      ['Start', startOf(app, detail), exactNs(ref.startNs)],
      [
        'Self',
        selfNs === undefined || selfNs === durNs ? undefined : explained(duration(selfNs), `${percent((100 * selfNs) / Math.max(1, durNs))} of it`),
        'Without what is nested in it',
      ],
      [
        'Launch delay',
        launchDelayNs === undefined ? undefined : explained(duration(launchDelayNs), 'launch start → kernel start'),
        `${LAUNCH_DELAY} ${exactNs(launchDelayNs ?? 0)}.`,
      ],
      [
        'After the call',
        afterCallNs === undefined
          ? undefined
          : explained(duration(afterCallNs), afterCallNs < 0 ? 'began before the call returned' : 'launch end → kernel start'),
        `${AFTER_CALL} ${exactNs(afterCallNs ?? 0)}.`,
      ],
      ['Same name', sameNameOf(app, sameName, durNs)],
      [
        'Grid · block',
        kernel?.grid && kernel.block ? gridOf(kernel.grid, kernel.block, kernel.blocksPerSm) : undefined,
        'Blocks of the launch, threads of a block',
      ],
      [
        'Regs · smem',
        kernel?.registersPerThread === undefined
          ? undefined
          : `${kernel.registersPerThread} · ${kernel.sharedMemoryBytes === undefined ? '–' : bytes(kernel.sharedMemoryBytes)}`,
        'Registers per thread, shared memory per block',
      ],
      ['Occupancy', kernel?.occupancyPercent === undefined ? undefined : explained(percent(kernel.occupancyPercent), "the profiler's estimate, not measured")],
      [detail.stream === undefined ? 'Correlation' : 'Stream · corr.', streamOf(detail)],
      ['External id', detail.externalId?.toString()],
      ['Category', category, 'As recorded'],
    ]),
  ];
}

function durationElement(durNs: number): HTMLElement {
  const element = span('slice-duration', duration(durNs));
  element.title = exactNs(durNs);
  return element;
}

function whereOf(app: App, { step, layer, model, trackName, groupName }: SliceDetail): Child {
  if (!step) return `${groupName} › ${trackName}`;
  const whole = app.state.steps?.steps[step.index];
  const link = whole ? textButton('link', () => app.change({ window: stepWindow(whole) }), 'Zoom to the step', stepName(step)) : stepName(step);
  return span('', link, layer === undefined ? '' : ` › layers.${layer}`, model?.path ? ` › ${shortPath(model.path)}` : '', ` › ${trackName}`);
}

function startOf(app: App, { ref, step }: SliceDetail): HTMLElement {
  const start = step && app.state.steps?.steps[step.index]?.startNs;
  return span('', duration(ref.startNs), span('dim', start === undefined ? '' : ` · step +${duration(ref.startNs - start)}`));
}

/** "median 81.90 µs of 1,440 · this one −0.2 %": the count leads to the others. */
function sameNameOf(app: App, { count: calls, medianNs, totalNs }: SliceDetail['sameName'], durNs: number): HTMLElement {
  const others = textButton('link', () => app.change({ drawerTab: 'sameName' }), `All of them: ${duration(totalNs)}`, count(calls));
  const difference = medianNs > 0 && calls > 1 ? (100 * durNs) / medianNs - 100 : 0;
  const ratio = Math.abs(difference) < 100 ? `${difference < 0 ? '−' : '+'}${percent(Math.abs(difference))}` : `${(durNs / medianNs).toFixed(1)}×`;
  return span('', `median ${duration(medianNs)} of `, others, span('dim', calls > 1 ? ` · this one ${ratio}` : ''));
}

function gridOf(grid: readonly number[], block: readonly number[], blocksPerSm: number | undefined): HTMLElement {
  return span('', `${grid.join('×')} · ${block.join('×')}`, span('dim', blocksPerSm === undefined ? '' : ` ${fixed(blocksPerSm, 2)} blocks/SM`));
}

function streamOf({ stream, correlation, launchIndex, launchCount }: SliceDetail): Child {
  if (stream === undefined && correlation === undefined) return undefined;
  const graph = launchIndex && launchCount && launchCount > 1 ? ` · ${launchIndex} of the ${count(launchCount)} of its launch` : '';
  return span('', [stream, correlation].filter((id) => id !== undefined).join(' · '), span('dim', graph));
}
