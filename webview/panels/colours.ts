/** The colours of categories and phases as CSS variables, from the one table of them. */
import { COLOUR_CLASSES, type ColourClass, PHASES, type Phase } from '../../src/shared/protocol.js';
import { type Paint, type Pattern, readTheme } from '../theme.js';

/** For a CSS value: "var(--kl-gemm)", "var(--kl-decode)". */
export function colourVariable(colour: ColourClass | Phase): string {
  return `var(--kl-${colour})`;
}

/** Patterns as CSS draws them, for an ink; those of the canvases are in timeline/raster.ts. */
const PATTERN_IMAGES: Record<Exclude<Pattern, 'solid'>, (ink: string) => string> = {
  diagonal: (ink) => stripes('135deg', ink),
  backDiagonal: (ink) => stripes('45deg', ink),
  crossHatch: (ink) => `${stripes('135deg', ink)}, ${stripes('45deg', ink)}`,
  horizontal: (ink) => stripes('180deg', ink),
  vertical: (ink) => stripes('90deg', ink),
  grid: (ink) => `${stripes('180deg', ink)}, ${stripes('90deg', ink)}`,
  dots: (ink) => `radial-gradient(${ink} 1px, transparent 1.2px) 0 0 / 4px 4px`,
};

function stripes(direction: string, ink: string): string {
  return `repeating-linear-gradient(${direction}, transparent 0 2px, ${ink} 2px 3px)`;
}

/** What a swatch has as its CSS background: fill and pattern. */
export function swatchBackground({ fill, pattern }: Paint, ink: string): string {
  return pattern === 'solid' ? fill : `${PATTERN_IMAGES[pattern](ink)}, ${fill}`;
}

/** Sets the variables for the theme of now. They are the body's, since the editor's own are the root's and are watched for changes. */
export function setColours(): void {
  const { paints, phases, background, foreground } = readTheme();
  const { style } = document.body;
  const set = (name: string, value: string): void => style.setProperty(`--kl-${name}`, value);
  for (const [index, colour] of COLOUR_CLASSES.entries()) {
    const paint = paints[index]!;
    set(colour, paint.fill);
    set(`${colour}-text`, paint.text);
    set(`${colour}-swatch`, swatchBackground(paint, background));
    set(`${colour}-border`, paint.outline === 'none' ? 'none' : `1px ${paint.outline} ${foreground}`);
  }
  for (const phase of PHASES) {
    set(phase, phases[phase].edge);
    set(`${phase}-swatch`, phases[phase].edge);
    set(`${phase}-border`, 'none');
  }
}
