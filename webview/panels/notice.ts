/** A word that stands over the view for a moment and says that something was done; who announces it is its caller. */
import { box } from './dom.js';

const SHOWN_MS = 1500;

/** Shows a text; the one before it goes. */
export function showNotice(text: string): void {
  document.querySelector('.notice')?.remove();
  const notice = box('notice', text);
  notice.setAttribute('aria-hidden', 'true');
  document.body.append(notice);
  setTimeout(() => notice.remove(), SHOWN_MS);
}
