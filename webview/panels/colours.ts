/** The colours of categories and phases as CSS variables, from the one table of them. */
import { COLOUR_CLASSES, type ColourClass, PHASES, type Phase } from '../../src/shared/protocol.js';
import { readTheme } from '../theme.js';

/** For a CSS value: "var(--kl-gemm)", "var(--kl-decode)". */
export function colourVariable(colour: ColourClass | Phase): string {
  return `var(--kl-${colour})`;
}

/** Sets the variables for the theme of now. They are the body's, since the editor's own are the root's and are watched for changes. */
export function setColours(): void {
  const { paints, phases } = readTheme();
  const { style } = document.body;
  for (const [index, colour] of COLOUR_CLASSES.entries()) {
    style.setProperty(`--kl-${colour}`, paints[index]!.fill);
    style.setProperty(`--kl-${colour}-text`, paints[index]!.text);
  }
  for (const phase of PHASES) style.setProperty(`--kl-${phase}`, phases[phase].edge);
}
