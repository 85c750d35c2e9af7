/** Heat: call lines that cost much have a bar beside their number and a mark in the overview ruler. */
import { type Disposable, languages, OverviewRulerLane, Range, type TextEditor, ThemeColor, Uri, window, workspace } from 'vscode';
import { SOURCE_FILES } from './lenses.js';
import { HEAT_PERCENT, heatOf } from './lineText.js';
import { setting } from './settings.js';
import type { ShownCosts } from './shownCosts.js';

export interface Heat extends Disposable {
  /** the warm lines of an editor, from 0, by heat */
  marked(editor: TextEditor): number[][];
}

export function createHeat(extension: Uri, shown: ShownCosts): Heat {
  const icon = (theme: string, heat: number): Uri => Uri.joinPath(extension, 'media', `heat-${theme}-${heat}.svg`);
  const kinds = HEAT_PERCENT.map((_, heat) =>
    window.createTextEditorDecorationType({
      overviewRulerColor: new ThemeColor(`kernelLens.heat.${heat + 1}`),
      overviewRulerLane: OverviewRulerLane.Left,
      gutterIconSize: 'contain',
      light: { gutterIconPath: icon('light', heat + 1) },
      dark: { gutterIconPath: icon('dark', heat + 1) },
    }),
  );
  const marked = (editor: TextEditor): number[][] => {
    const lines = kinds.map((): number[] => []);
    if (!setting('heat.enabled') || languages.match(SOURCE_FILES, editor.document) === 0) return lines;
    for (const cost of shown.lines(editor.document)) lines[heatOf(cost)]?.push(cost.place.line - 1);
    return lines;
  };
  const mark = (editor: TextEditor): void => {
    for (const [heat, lines] of marked(editor).entries()) {
      editor.setDecorations(
        kinds[heat],
        lines.map((line) => new Range(line, 0, line, 0)),
      );
    }
  };
  const markAll = (): void => window.visibleTextEditors.forEach(mark);
  const parts: Disposable[] = [
    ...kinds,
    shown.onDidChange(markAll),
    window.onDidChangeVisibleTextEditors(markAll),
    workspace.onDidChangeTextDocument(({ document }) => window.visibleTextEditors.filter((editor) => editor.document === document).forEach(mark)),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('kernelLens.heat')) markAll();
    }),
  ];
  markAll();
  return {
    marked,
    dispose() {
      for (const part of parts) part.dispose();
    },
  };
}
