/** Hovers: the kernels of a line of model code, and links to their slices. */
import { type Disposable, Hover, languages, MarkdownString } from 'vscode';
import type { LineCost } from '../shared/model.js';
import { SOURCE_FILES } from './lenses.js';
import { lineMarkdown } from './lineText.js';
import { setting } from './settings.js';
import type { ShownCosts } from './shownCosts.js';

/** The only commands that a link in a hover may run. */
const COMMANDS = ['kernelLens.revealFrame', 'kernelLens.view.kernels', 'kernelLens.clearCodeLenses'] as const;

function link(text: string, command: (typeof COMMANDS)[number], ...args: string[]): string {
  return `[${text}](command:${command}${args.length > 0 ? `?${encodeURIComponent(JSON.stringify(args))}` : ''})`;
}

function hoverText(cost: LineCost): MarkdownString {
  const reveal = (text: string, ...scope: string[]): string => link(text, 'kernelLens.revealFrame', cost.search, ...scope);
  const links = [
    reveal('All slices'),
    reveal('One step', 'step'),
    reveal('One layer', 'layer'),
    link('Kernels', 'kernelLens.view.kernels'),
    link('Hide lenses', 'kernelLens.clearCodeLenses'),
  ];
  const text = new MarkdownString(`${lineMarkdown(cost)}\n\n${links.join(' · ')}`);
  text.isTrusted = { enabledCommands: COMMANDS };
  return text;
}

export function createHover(shown: ShownCosts): Disposable {
  return languages.registerHoverProvider(SOURCE_FILES, {
    provideHover(document, { line }) {
      if (!setting('hover.enabled')) return undefined;
      const here = shown.lines(document).filter(({ place }) => place.line === line + 1);
      return here.length > 0 ? new Hover(here.map(hoverText), document.lineAt(line).range) : undefined;
    },
  });
}
