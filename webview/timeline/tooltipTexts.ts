/** What tooltips say. */
import { count, duration, plural } from '../../src/shared/format.js';
import type { ModuleSpan } from '../../src/shared/model.js';
import type { CellSummary, ColourClass, SliceRef, StreamGap, TrackInfo } from '../../src/shared/protocol.js';
import { swatch } from '../panels/dom.js';
import { colourLabel } from '../theme.js';
import { moduleName } from './bands.js';
import { type CounterSpan, counterText } from './counter.js';
import { causeText } from './gaps.js';
import { widthNs } from './viewport.js';

const NAMES_SHOWN = 5;

function line(className: string, ...texts: string[]): HTMLElement {
  const made = document.createElement('div');
  made.className = className;
  for (const text of texts) {
    const part = document.createElement('span');
    part.textContent = text;
    made.append(part);
  }
  return made;
}

function head(name: string, value: string, colour?: ColourClass): HTMLElement {
  const made = line('tooltip-head', name, value);
  if (colour !== undefined) made.prepend(swatch(colour));
  return made;
}

/** `place` is where it is: "stream 7 · decode #3"; `module` what it is called on the timeline, '' for by its own name. */
export function sliceTexts(ref: SliceRef, place: string, module: string): HTMLElement[] {
  const title = module || ref.shortName;
  const name = ref.name === title ? [] : [line('tooltip-name', ref.name)];
  return [
    head(title, duration(ref.endNs - ref.startNs), ref.colour),
    ...name,
    line('tooltip-dim', [colourLabel(ref.colour), place].filter(Boolean).join(' · ')),
  ];
}

/** Of a cell that stands for more than one slice; `ref` is the longest. */
export function cellTexts(ref: SliceRef, cell: CellSummary, place: string): HTMLElement[] {
  const rows = cell.names.slice(0, NAMES_SHOWN).map(({ name, count: calls, totalNs }) => line('tooltip-row', name, `${count(calls)} ×`, duration(totalNs)));
  const more = cell.names.length > NAMES_SHOWN ? [line('tooltip-dim', `and ${cell.names.length - NAMES_SHOWN} more names`)] : [];
  return [
    head(`${count(cell.count)} slices`, `${duration(cell.coveredNs)} in all`, ref.colour),
    ...rows,
    ...more,
    line('tooltip-dim', place, 'zoom in to tell them apart'),
  ];
}

export function moduleTexts(module: ModuleSpan, place: string): HTMLElement[] {
  const { path, className, layer, count: slices, workNs } = module;
  const where = [place, layer >= 0 ? `layer ${layer}` : ''].filter(Boolean).join(' · ');
  return [
    head(moduleName(module), duration(widthNs(module))),
    line('tooltip-name', [path, className].filter(Boolean).join('  ')),
    line('tooltip-dim', `${plural(slices, 'slice')} · ${duration(workNs)} of work`),
    line('tooltip-dim', where),
  ];
}

export function gapTexts(gap: StreamGap, place: string): HTMLElement[] {
  return [head(['idle', causeText(gap)].filter(Boolean).join(' · '), duration(widthNs(gap))), line('tooltip-text', gap.reason), line('tooltip-dim', place)];
}

export function counterTexts(piece: CounterSpan, track: TrackInfo, place: string): HTMLElement[] {
  return [head(counterText(piece, track), duration(widthNs(piece))), line('tooltip-dim', [track.detail, place].filter(Boolean).join(' · '))];
}
