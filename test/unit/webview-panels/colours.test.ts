import assert from 'node:assert/strict';
import { test } from 'node:test';
import { swatchBackground } from '../../../webview/panels/colours.js';
import { makeTheme, PATTERNS, paintFor } from '../../../webview/theme.js';

const theme = makeTheme('hcDark', () => '');

test('in high contrast a swatch has its pattern over its fill', () => {
  const attention = swatchBackground(paintFor(theme, 'attention'), theme.background);
  assert.ok(attention.startsWith('repeating-linear-gradient(135deg') && attention.endsWith(', #ec9f2f'), attention);
  assert.equal(swatchBackground(paintFor(theme, 'gemm'), theme.background), '#4f9ee2');
});

test('every pattern is another one', () => {
  const drawn = PATTERNS.map((pattern) => swatchBackground({ fill: '#fff', text: '', pattern, outline: 'none' }, '#000'));
  assert.equal(new Set(drawn).size, PATTERNS.length);
});
