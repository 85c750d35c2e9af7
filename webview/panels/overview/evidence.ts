/** From a claim to what shows it: the timeline, at the time and with the slices that the claim is about. */
import type { EvidenceRange } from '../../../src/shared/analysis.js';
import type { App } from '../../app.js';
import { around } from '../../timeline/viewport.js';
import { textButton } from '../dom.js';

/** Of the width of the window that a stretch of time takes when it is shown. */
const SHARE = 0.8;

export function showEvidence(app: App, { span, search, slice }: EvidenceRange): void {
  app.change({ tab: 'timeline', ...(span && { window: around(span, SHARE) }), ...(search !== undefined && { search }) });
  if (slice !== undefined) void app.select(slice, { show: !span }).catch((error: Error) => app.announce(error.message));
}

export function evidenceLink(app: App, evidence: EvidenceRange, about: string): HTMLElement {
  const link = textButton('link', () => showEvidence(app, evidence), `Show ${evidence.label} in the timeline`, evidence.label);
  link.setAttribute('aria-label', `${evidence.label}: ${about}, in the timeline`);
  return link;
}
