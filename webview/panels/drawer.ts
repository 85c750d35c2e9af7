/** The drawer under the timeline: the selected slice, the selected area, its namesakes and arrows. */

import { count } from '../../src/shared/format.js';
import type { AppState, Part } from '../app.js';
import { iconButton } from '../ui.js';
import { areaTab } from './areaTab.js';
import { modelCode } from './chain.js';
import { box, el } from './dom.js';
import { flowsTab } from './flowsTab.js';
import { keyHint } from './keycaps.js';
import { openPlace } from './places.js';
import { sameNameTab } from './sameNameTab.js';
import { sliceTab } from './sliceTab.js';
import { tabList } from './tabs.js';

type DrawerTab = AppState['drawerTab'];

const MIN_PX = 120;
const MAX_SHARE = 0.6;
const KEY_STEP_PX = 24;
/** A lower view starts with the drawer closed, or the timeline would have no room. */
const LOW_VIEW_PX = 500;

export const drawer: Part = (root, app) => {
  root.classList.add('drawer');
  root.setAttribute('aria-label', 'Details');
  const follow: Record<DrawerTab, () => void> = { slice: () => {}, area: () => {}, sameName: () => {}, flows: () => {} };
  const panels: Record<DrawerTab, HTMLElement> = { slice: panel('Slice'), area: panel('Area'), sameName: panel('Same name'), flows: panel('Flows') };
  follow.slice = sliceTab(panels.slice, app);
  follow.area = areaTab(panels.area, app);
  follow.sameName = sameNameTab(panels.sameName, app);
  follow.flows = flowsTab(panels.flows, app);

  const tabs = tabList<DrawerTab>(
    'Details',
    [
      { name: 'slice', title: 'Slice' },
      { name: 'area', title: 'Area' },
      { name: 'sameName', title: 'Same name' },
      { name: 'flows', title: 'Flows' },
    ],
    (drawerTab) => app.change({ drawerTab, drawerOpen: true }),
  );
  const hints = box(
    'key-hints',
    keyHint('to launch', 'toLaunch'),
    keyHint('previous / next', 'previousSameName', 'nextSameName'),
    keyHint('focus', 'focus'),
    keyHint('mark', 'mark'),
    keyHint('drawer', 'toggleDrawer'),
  );
  const toggle = (): void => app.change({ drawerOpen: !app.state.drawerOpen });
  const handle = el('div', {
    class: 'drawer-handle',
    role: 'separator',
    tabindex: 0,
    'aria-orientation': 'horizontal',
    'aria-label': 'Height of the drawer',
    'aria-valuemin': MIN_PX,
  });
  root.append(handle, box('drawer-head', tabs.element, hints, iconButton('Hide or show the drawer (Q)', 'close', toggle)), ...Object.values(panels));

  const greatest = (): number => Math.max(MIN_PX, Math.round(MAX_SHARE * innerHeight));
  const resize = (px: number): void => app.change({ drawerPx: Math.round(Math.max(MIN_PX, Math.min(greatest(), px))), drawerOpen: true });
  handle.addEventListener('pointerdown', (event) => {
    const { drawerPx } = app.state;
    const fromY = event.clientY;
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = ({ clientY }) => resize(drawerPx + fromY - clientY);
  });
  handle.addEventListener('lostpointercapture', () => {
    handle.onpointermove = null;
  });
  handle.addEventListener('keydown', (event) => {
    const by = { ArrowUp: KEY_STEP_PX, ArrowDown: -KEY_STEP_PX, Home: -greatest(), End: greatest() }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    resize(app.state.drawerPx + by);
  });
  app.handle({
    toggleDrawer: toggle,
    goToModelCode: () => {
      const { selection, detail } = app.state;
      if (selection === undefined) return;
      const shown = detail?.ref.slice === selection ? detail : undefined;
      if (shown?.model?.calledFrom) openPlace(app, shown.model.calledFrom);
      else void app.host.openSource(selection, shown && modelCode(shown).index);
    },
    goToKernelSource: () => {
      const { selection } = app.state;
      if (selection !== undefined) app.host.openKernelSource(selection).catch((error: Error) => app.announce(error.message));
    },
  });

  const show = (): void => {
    const { drawerTab, drawerOpen, drawerPx, detail, links, area } = app.state;
    const height = Math.min(drawerPx, greatest());
    root.classList.toggle('closed', !drawerOpen);
    root.style.setProperty('--drawer-height', `${height}px`);
    handle.setAttribute('aria-valuenow', String(height));
    handle.setAttribute('aria-valuemax', String(greatest()));
    tabs.select(drawerTab);
    tabs.setCount('area', area?.report ? count(area.report.sliceCount) : '');
    tabs.setCount('sameName', detail ? count(detail.sameName.count) : '');
    tabs.setCount('flows', links ? count(links.incoming.length + links.outgoing.length + links.moreOutgoing) : '');
    for (const [name, element] of Object.entries(panels)) element.hidden = !drawerOpen || name !== drawerTab;
    if (drawerOpen) follow[drawerTab]();
  };
  if (!app.start.state && innerHeight < LOW_VIEW_PX) app.change({ drawerOpen: false });
  app.onChange(show);
  show();
};

function panel(label: string): HTMLElement {
  return el('div', { class: 'drawer-panel', role: 'tabpanel', 'aria-label': label });
}
