/** Selects times on tracks: what was dragged over, and modules. */
import { count, duration } from '../../src/shared/format.js';
import type { Span, TrackId } from '../../src/shared/protocol.js';
import type { App } from '../app.js';
import { moduleName } from './bands.js';
import { widthNs } from './viewport.js';

export async function selectArea(app: App, span: Span, tracks: TrackId[], name = 'area'): Promise<void> {
  app.change({ area: { span, tracks }, drawerTab: 'area' });
  const report = await app.trace.area(tracks, span);
  if (app.state.area?.span === span) app.change({ area: { span, tracks, report } });
  app.announce(`${name} of ${duration(widthNs(span))}, ${count(report.sliceCount)} slices`);
}

/** The module around the selection, or around the middle of the window, on the first of the streams that has one there. */
export async function selectModule(app: App, streams: readonly TrackId[]): Promise<void> {
  const { detail, window } = app.state;
  const startNs = detail?.ref.startNs ?? (window.startNs + window.endNs) / 2;
  for (const track of streams) {
    const [module] = await app.trace.modules(track, { startNs, endNs: startNs + 1 }, 1);
    if (!module) continue;
    return selectArea(app, module, [track], [moduleName(module), module.layer >= 0 ? `in layer ${module.layer}` : ''].filter(Boolean).join(' '));
  }
  app.announce('no module there');
}
