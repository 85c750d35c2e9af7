/** The names beside the lanes and the heads of groups: real elements, so that they can be read, focused and pressed. */
import { plural } from '../../src/shared/format.js';
import type { ColourClass, TrackId } from '../../src/shared/protocol.js';
import { swatch } from '../panels/dom.js';
import { icon } from '../panels/icons.js';
import { colourLabel } from '../theme.js';
import { type GroupLane, type Lane, type Layout, laneY, type TrackLane } from './lanes.js';

export interface GutterTexts {
  /** in dim after the name */
  detail(lane: Lane): string;
  /** colours to explain, for a group's head or a track */
  legend(lane: Lane): readonly ColourClass[];
}

export interface GutterActions {
  fold(key: string): void;
  pin(track: TrackId): void;
  /** shows outer frames and wrappers, or folds them again */
  showOuter(track: TrackId): void;
}

const BAND_NAMES = { steps: 'Steps', layers: 'Layers', modules: 'Modules' } as const;

interface Row {
  element: HTMLElement;
  detail: HTMLElement;
  /** what it shows besides the detail; it is built again when this changes */
  content: string;
}

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string, text = ''): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function button(className: string, label: string, text: string, press: () => void): HTMLButtonElement {
  const made = element('button', className, text);
  made.title = label;
  made.setAttribute('aria-label', label);
  made.addEventListener('click', press);
  return made;
}

function foldButton(lane: GroupLane | TrackLane, name: string, actions: GutterActions): HTMLButtonElement {
  const made = button('lane-fold', `${lane.collapsed ? 'Unfold' : 'Fold'} ${name}`, '', () => actions.fold(lane.key));
  made.append(icon('right'));
  made.setAttribute('aria-expanded', String(!lane.collapsed));
  return made;
}

function legendOf(colours: readonly ColourClass[]): HTMLElement {
  const legend = element('span', 'lane-legend');
  for (const colour of colours) {
    const entry = element('span', 'lane-legend-entry', colourLabel(colour));
    entry.prepend(swatch(colour));
    legend.append(entry);
  }
  return legend;
}

function buildTrack(row: HTMLElement, lane: TrackLane, detail: HTMLElement, texts: GutterTexts, actions: GutterActions): void {
  const { track } = lane;
  const head = element('span', 'lane-head');
  if (track.rowCount > 1 && track.kind !== 'counter') head.append(foldButton(lane, track.name, actions));
  const name = element('span', 'lane-name', track.name);
  name.title = [track.name, track.detail].filter(Boolean).join(' · ');
  head.append(
    name,
    detail,
    button('lane-pin', `${lane.stuck ? 'Unpin' : 'Pin'} ${track.name}`, lane.stuck ? '◆' : '◇', () => actions.pin(track.id)),
  );
  row.append(head);
  const { hiddenRows, hiddenWrappers } = lane;
  const outerButton = (label: string, text: string): void => row.append(button('lane-outer', label, text, () => actions.showOuter(track.id)));
  if (hiddenRows + hiddenWrappers > 0) {
    const text = `${plural(hiddenRows + hiddenWrappers, 'frame')} folded`;
    const parts = [hiddenRows > 0 ? plural(hiddenRows, 'outer frame') : '', hiddenWrappers > 0 ? plural(hiddenWrappers, 'wrapper') : ''];
    outerButton(`${text}: show ${parts.filter(Boolean).join(' and ')} (U)`, text);
  } else if (lane.unfolded) outerButton('fold frames: the outer ones and the wrappers (U)', 'fold frames');
  if (lane.rows >= 8) row.append(legendOf(texts.legend(lane)));
}

function build(lane: Lane, content: string, texts: GutterTexts, actions: GutterActions): Row {
  const row = element('div', `lane lane-${lane.kind}`);
  const detail = element('span', 'lane-detail');
  if (lane.kind === 'group')
    row.append(foldButton(lane, lane.group.name, actions), element('span', 'lane-name', lane.group.name), detail, legendOf(texts.legend(lane)));
  else if (lane.kind === 'track') buildTrack(row, lane, detail, texts, actions);
  else row.append(element('span', 'lane-name', BAND_NAMES[lane.kind]), detail);
  return { element: row, detail, content };
}

/** Gives a function that shows the names of the visible lanes. Stuck and scrolling lanes have a parent each, which clips them. */
export function createGutter(
  stuck: HTMLElement,
  scrolling: HTMLElement,
  texts: GutterTexts,
  actions: GutterActions,
): (lanes: readonly Lane[], layout: Layout, scrollTop: number) => void {
  let rows = new Map<string, Row>();
  return (lanes, layout, scrollTop) => {
    scrolling.style.top = `${layout.stuckPx}px`;
    stuck.style.height = `${layout.stuckPx}px`;
    const next = new Map<string, Row>();
    for (const lane of lanes) {
      const frames = lane.kind === 'track' ? [lane.hiddenRows, lane.hiddenWrappers, lane.unfolded] : [];
      const content = JSON.stringify([lane.height, lane.stuck, frames, texts.legend(lane)]);
      const known = rows.get(lane.key);
      rows.delete(lane.key);
      const row = known?.content === content ? known : build(lane, content, texts, actions);
      if (known && known !== row) {
        const hadFocus = known.element.contains(document.activeElement);
        known.element.replaceWith(row.element);
        if (hadFocus) row.element.querySelector('button')?.focus();
      }
      row.detail.textContent = texts.detail(lane);
      const parent = lane.stuck ? stuck : scrolling;
      if (row.element.parentElement !== parent) parent.append(row.element);
      row.element.style.height = `${lane.height}px`;
      row.element.style.transform = `translateY(${laneY(lane, layout, scrollTop) - (lane.stuck ? 0 : layout.stuckPx)}px)`;
      next.set(lane.key, row);
    }
    for (const gone of rows.values()) gone.element.remove();
    rows = next;
  };
}
