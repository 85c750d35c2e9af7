/** The line of a place and those around it, as they are in the source tree. */
import type { SourcePlace } from '../../src/shared/model.js';
import type { App } from '../app.js';
import { box, el, span } from './dom.js';
import { placeText } from './places.js';

const CONTEXT_LINES = 1;

/** An element that fills when the lines are there; it goes when there are none. */
export function snippet(app: App, place: SourcePlace): HTMLElement {
  const element = el('pre', { class: 'snippet mono', role: 'region', 'aria-label': `Source at ${placeText(place)}`, tabindex: 0 });
  element.hidden = true;
  app.host.snippet(place.file, place.line, CONTEXT_LINES).then(
    (found) => {
      if (!found) return element.remove();
      const indent = Math.min(...found.lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length));
      element.replaceChildren(
        ...found.lines.map((line, at) => {
          const number = found.fromLine + at;
          return box(number === place.line ? 'snippet-line current' : 'snippet-line', span('dim', String(number)), line.slice(Math.min(indent, line.length)));
        }),
      );
      element.hidden = false;
    },
    () => element.remove(),
  );
  return element;
}
