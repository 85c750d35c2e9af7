import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ACTIONS, actionOf, isAction, type KeyPress } from '../../../webview/keys.js';

function press(key: string, code: string, held: Partial<KeyPress> = {}): KeyPress {
  return { key, code, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held };
}

describe('keys', () => {
  it('mean actions', () => {
    const table: [KeyPress, string | undefined][] = [
      [press('w', 'KeyW'), 'zoomIn'],
      [press('m', 'KeyM'), 'mark'],
      [press('M', 'KeyM', { shiftKey: true }), 'keepMark'],
      [press('0', 'Digit0'), 'wholeTrace'],
      [press('?', 'Slash', { shiftKey: true }), 'help'],
      [press('/', 'Slash'), 'focusSearch'],
      [press('Enter', 'Enter'), 'nextHit'],
      [press('Enter', 'Enter', { shiftKey: true }), 'previousHit'],
      [press('ArrowLeft', 'ArrowLeft'), 'previousSlice'],
      [press('+', 'Equal', { shiftKey: true }), 'zoomIn'],
      [press('x', 'KeyX'), undefined],
    ];
    for (const [pressed, action] of table) assert.equal(actionOf(pressed), action, pressed.key);
  });

  it('lie where they lie on every keyboard', () => {
    assert.equal(actionOf(press('z', 'KeyW')), 'zoomIn', 'AZERTY: the key right of Tab');
    assert.equal(actionOf(press('ц', 'KeyW')), 'zoomIn', 'Cyrillic');
    assert.equal(actionOf(press('[', 'Digit8', { ctrlKey: true, altKey: true })), 'toLaunch', 'German: AltGr-8');
    assert.equal(actionOf(press('/', 'Digit7', { shiftKey: true })), 'focusSearch', 'German: shift-7');
  });

  it('with Ctrl or Meta belong to the editor', () => {
    assert.equal(actionOf(press('w', 'KeyW', { ctrlKey: true })), undefined);
    assert.equal(actionOf(press('p', 'KeyP', { metaKey: true })), undefined);
  });

  it('are unique', () => {
    const keys = ACTIONS.flatMap((action) => [...action.keys]);
    assert.equal(new Set(keys).size, keys.length);
    assert.equal(new Set(ACTIONS.map(({ name }) => name)).size, ACTIONS.length);
  });

  it('name actions that exist', () => assert.deepEqual([isAction('focus'), isAction('toString')], [true, false]));
});
