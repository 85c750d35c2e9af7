/** Keys as people know them from their keyboard. */
import { ACTIONS, type ActionName } from '../keys.js';
import { el, span } from './dom.js';

const CAPS: Record<string, string> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' };

/** "Shift+M" as two caps. */
export function keycaps(keys: string): HTMLElement {
  // A plus alone is a key, not the sign between two.
  const caps = keys.length === 1 ? [keys] : keys.split('+');
  return span('keys', ...caps.map((cap) => el('kbd', {}, CAPS[cap] ?? cap)));
}

/** The first key of an action. */
export function keyOf(name: ActionName): string {
  return ACTIONS.find((action) => action.name === name)!.keys[0]!;
}

/** "[ to launch": a hint for keys that do something here. */
export function keyHint(text: string, ...actions: ActionName[]): HTMLElement {
  return span('key-hint', ...actions.map((action) => keycaps(keyOf(action))), text);
}
