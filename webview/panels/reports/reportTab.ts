/** A tab that shows a part of the analysis: waits for it, says why there is none. */
import type { Analysis } from '../../../src/shared/analysis.js';
import type { Tab } from '../../../src/shared/view.js';
import type { App, Part } from '../../app.js';
import { progressRing } from '../../ui.js';
import { box } from '../dom.js';

export function reportTab(tab: Tab, build: (app: App, analysis: Analysis) => HTMLElement[]): Part {
  return (root, app) => {
    root.classList.add(tab);
    root.append(box('loading', progressRing()));
    const follow = (): void => {
      const { analysis } = app.state;
      if (analysis === undefined) return;
      if ('error' in analysis) root.replaceChildren(box('loading', `The run could not be analysed: ${analysis.error}`));
      else root.replaceChildren(...build(app, analysis));
    };
    follow();
    const takeFocus = (): void => {
      if (app.state.tab === tab && document.activeElement === document.body) root.querySelector<HTMLElement>('[role=grid] [tabindex="0"]')?.focus();
    };
    app.onChange((changed) => {
      if (changed.has('analysis')) follow();
      if (changed.has('analysis') || changed.has('tab')) takeFocus();
    });
  };
}
