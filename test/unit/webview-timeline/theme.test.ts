import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COLOUR_CLASSES, KERNEL_CATEGORIES } from '../../../src/shared/protocol.js';
import { blend, makeTheme, paintFor, rgb, type ThemeKind } from '../../../webview/theme.js';

const unset = () => '';
const KINDS: ThemeKind[] = ['dark', 'light', 'hcDark', 'hcLight'];

/** WCAG contrast ratio of two colours. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string): number => {
    const [red, green, blue] = rgb(colour).map((part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}

describe('theme', () => {
  it('takes what the editor sets before its own colours', () => {
    const theme = makeTheme('dark', (name) => (name === '--vscode-kernelLens-category-gemm' ? '#123456' : ''));
    assert.equal(paintFor(theme, 'gemm').fill, '#123456');
    assert.equal(paintFor(theme, 'attention').fill, '#daa24f');
  });

  it('has a paint for every colour class in every kind of theme', () => {
    for (const kind of KINDS) assert.equal(makeTheme(kind, unset).paints.length, COLOUR_CLASSES.length);
  });

  it('kernels stand out from the background, and text from kernels', () => {
    for (const kind of KINDS) {
      const theme = makeTheme(kind, (name) => (name === '--vscode-editor-background' ? ({ hcDark: '#000000', hcLight: '#ffffff' }[kind as string] ?? '') : ''));
      for (const category of KERNEL_CATEGORIES) {
        const { fill, text } = paintFor(theme, category);
        // Light themes mark pale fills with dark text; a border carries the contrast in high contrast.
        assert.ok(
          contrast(fill, theme.background) >= (kind === 'hcDark' ? 6.5 : 2.9),
          `${kind} ${category} on background: ${contrast(fill, theme.background)}`,
        );
        assert.ok(contrast(text, fill) >= 4.3, `${kind} ${category} text: ${contrast(text, fill)}`);
      }
    }
  });

  it('tells categories apart by pattern in high contrast only', () => {
    assert.equal(paintFor(makeTheme('hcDark', unset), 'attention').pattern, 'diagonal');
    assert.equal(paintFor(makeTheme('dark', unset), 'attention').pattern, 'solid');
    assert.equal(paintFor(makeTheme('hcDark', unset), 'op').outline, 'dashed');
  });

  it('reads and mixes colours', () => {
    assert.deepEqual(rgb('#abc'), [170, 187, 204]);
    assert.deepEqual(rgb('#11223380'), [17, 34, 51]);
    assert.deepEqual(rgb('rgba(1, 2, 3, 0.5)'), [1, 2, 3]);
    assert.equal(blend('#ffffff', '#000000', 0.2), 'rgb(51, 51, 51)');
  });
});
