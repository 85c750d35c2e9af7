/** The editor's colours as numbers that painters can use: read from the CSS variables that VS Code sets, again whenever they change. */
import { CATEGORY_TEXT } from '../src/shared/names.js';
import { COLOUR_CLASSES, type ColourClass, type Phase } from '../src/shared/protocol.js';

export type ThemeKind = 'dark' | 'light' | 'hcDark' | 'hcLight';

/** How a high-contrast theme tells categories apart without colour; an index that painters know. */
export const PATTERNS = ['solid', 'diagonal', 'dots', 'crossHatch', 'horizontal', 'vertical', 'backDiagonal', 'grid'] as const;
export type Pattern = (typeof PATTERNS)[number];
export type Outline = 'none' | 'solid' | 'dashed' | 'dotted';

/** How one colour class is drawn. Colours are CSS texts. */
export interface Paint {
  fill: string;
  text: string;
  pattern: Pattern;
  outline: Outline;
}

export interface Theme {
  kind: ThemeKind;
  background: string;
  strip: string;
  foreground: string;
  dim: string;
  line: string;
  focus: string;
  warn: string;
  /** outline of the selected slice */
  selected: string;
  font: string;
  mono: string;
  /** by index into COLOUR_CLASSES */
  paints: Paint[];
  phases: Record<Phase, { edge: string; tint: string }>;
}

type Row = readonly [dark: string, light: string, hcDark: string, pattern: Pattern, darkTextOnLight?: boolean];

/** Fills for when a category's own theme colour is not set: dark, light, high contrast. */
const CATEGORY_FILLS: Partial<Record<ColourClass, Row>> = {
  gemm: ['#527ebe', '#2151af', '#4f9ee2', 'solid'],
  attention: ['#daa24f', '#c8861e', '#ec9f2f', 'diagonal', true],
  moe: ['#ab9de7', '#7f5dce', '#d3aaff', 'dots'],
  communication: ['#f078aa', '#b74b84', '#ef69a4', 'crossHatch'],
  norm: ['#2bab88', '#007961', '#4dd3bc', 'horizontal'],
  rope: ['#93dafd', '#448db5', '#aedff3', 'vertical', true],
  activation: ['#c5d083', '#8a7d2e', '#f5e141', 'backDiagonal', true],
  quant: ['#b37b52', '#693f1b', '#c79071', 'grid'],
  kvCache: ['#f6d7c6', '#a48b79', '#f8ece0', 'solid', true],
  sampling: ['#b9b2a3', '#76705f', '#d8d3c4', 'solid'],
  copy: ['#9aa3ad', '#6b7480', '#c4ccd4', 'solid'],
  elementwise: ['#7d8f9f', '#4c6072', '#9fb6ca', 'solid'],
  other: ['#808080', '#6e6e6e', '#b8b8b8', 'solid'],
};

/** Fill and text of what runs on a CPU: dark, light; in high contrast an outline instead. */
const CPU_PAINTS: Partial<Record<ColourClass, readonly [dark: [string, string], light: [string, string], hc: Outline]>> = {
  python: [['#3b4650', '#c9d4dc'], ['#dbe4ea', '#26323a'], 'solid'],
  op: [['#4b4566', '#d9d3f0'], ['#e2dcf3', '#33285c'], 'dashed'],
  runtime: [['#5b4a36', '#f0dcc0'], ['#f3e3cb', '#51360a'], 'dotted'],
  graphLaunch: [['#7a5b2a', '#f0dcc0'], ['#eac27a', '#51360a'], 'none'],
  annotation: [['#2f3f4a', '#c9d4dc'], ['#d5e3ea', '#26323a'], 'solid'],
  neutral: [['#454545', '#d0d0d0'], ['#dcdcdc', '#303030'], 'dotted'],
};

const PHASE_COLOURS: Record<'prefill' | 'decode' | 'mixed', readonly [dark: [string, string], light: [string, string], hc: string]> = {
  prefill: [['#c08a3e', '#3a2f1f'], ['#a86400', '#fbefdc'], '#ffb84d'],
  decode: [['#429a90', '#1d3431'], ['#00736a', '#def1ee'], '#4dd3bc'],
  mixed: [['#8f9468', '#2b322a'], ['#5f6c30', '#edf0e0'], '#a9c585'],
};

/** What legends, tooltips and tables call a colour class. */
const COLOUR_LABELS: Record<ColourClass, string> = {
  ...CATEGORY_TEXT,
  python: 'Python frame',
  op: 'Framework op',
  runtime: 'Runtime call',
  graphLaunch: 'Graph launch',
  annotation: 'Annotation',
  neutral: 'Other',
};

export function colourLabel(colour: ColourClass): string {
  return COLOUR_LABELS[colour];
}

/** Answers the text of a CSS variable, '' where it is not set. */
export type CssVariable = (name: string) => string;

function paintOf(colour: ColourClass, kind: ThemeKind, css: CssVariable, foreground: string, background: string): Paint {
  const category = CATEGORY_FILLS[colour];
  const highContrast = isHighContrast({ kind });
  const light = kind === 'light' || kind === 'hcLight';
  if (category) {
    const [dark, lightFill, hcDark, pattern, darkText] = category;
    const fill = css(`--vscode-kernelLens-category-${colour}`) || (kind === 'hcDark' ? hcDark : light ? lightFill : dark);
    return {
      fill,
      text: light && !darkText ? '#ffffff' : '#111111',
      pattern: highContrast ? pattern : 'solid',
      outline: kind === 'hcLight' ? 'solid' : 'none',
    };
  }
  const [dark, lightPaint, outline] = CPU_PAINTS[colour] ?? CPU_PAINTS.neutral!;
  if (highContrast)
    return colour === 'graphLaunch'
      ? { fill: foreground, text: background, pattern: 'solid', outline }
      : { fill: background, text: foreground, pattern: 'solid', outline };
  const [fill, text] = light ? lightPaint : dark;
  return { fill, text, pattern: 'solid', outline: 'none' };
}

/** The theme for a kind and what CSS says. */
export function makeTheme(kind: ThemeKind, css: CssVariable): Theme {
  const light = kind === 'light' || kind === 'hcLight';
  const highContrast = isHighContrast({ kind });
  const colour = (name: string, dark: string, lightFallback: string): string => css(`--vscode-${name}`) || (light ? lightFallback : dark);
  const background = colour('editor-background', '#1f1f1f', '#ffffff');
  const foreground = colour('foreground', '#cccccc', '#3b3b3b');
  const line = highContrast ? colour('contrastBorder', '#6fc3df', '#0f4a85') : colour('panel-border', '#2b2b2b', '#e5e5e5');
  const focus = colour('focusBorder', '#0078d4', '#005fb8');
  const phase = (name: keyof typeof PHASE_COLOURS) => {
    const [dark, lightPair, hc] = PHASE_COLOURS[name];
    if (highContrast) return { edge: kind === 'hcDark' ? hc : lightPair[0], tint: background };
    const [edge, tint] = light ? lightPair : dark;
    return { edge, tint };
  };
  return {
    kind,
    background,
    foreground,
    line,
    focus,
    strip: colour('sideBar-background', '#181818', '#f8f8f8'),
    dim: colour('descriptionForeground', '#9d9d9d', '#3b3b3b'),
    warn: colour('editorWarning-foreground', '#cca700', '#bf8803'),
    selected: highContrast ? focus : light ? '#000000' : '#ffffff',
    font: css('--vscode-font-family') || 'system-ui, sans-serif',
    mono: css('--vscode-editor-font-family') || 'monospace',
    paints: COLOUR_CLASSES.map((name) => paintOf(name, kind, css, foreground, background)),
    phases: { prefill: phase('prefill'), decode: phase('decode'), mixed: phase('mixed'), unknown: { edge: line, tint: background } },
  };
}

export function isHighContrast({ kind }: Pick<Theme, 'kind'>): boolean {
  return kind === 'hcDark' || kind === 'hcLight';
}

/** How a colour class is drawn in a theme. */
export function paintFor(theme: Theme, colour: ColourClass): Paint {
  return theme.paints[COLOUR_CLASSES.indexOf(colour)]!;
}

/** VS Code says the kind by a class on the body. */
function themeKind(classes: DOMTokenList): ThemeKind {
  if (classes.contains('vscode-high-contrast-light')) return 'hcLight';
  if (classes.contains('vscode-high-contrast')) return 'hcDark';
  return classes.contains('vscode-light') ? 'light' : 'dark';
}

/** The theme that the page has now. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  return makeTheme(themeKind(document.body.classList), (name) => style.getPropertyValue(name).trim());
}

/** Calls back when VS Code changes theme, font or zoom. The theme can arrive after the first paint. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
}

/** Red, green and blue of a CSS colour as VS Code writes it; an alpha is dropped. */
export function rgb(colour: string): [number, number, number] {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])[0-9a-f]?$/i.exec(colour);
  if (short) return [short[1], short[2], short[3]].map((digit) => Number.parseInt(digit! + digit, 16)) as [number, number, number];
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(colour) ?? undefined;
  if (long) return [Number.parseInt(long[1]!, 16), Number.parseInt(long[2]!, 16), Number.parseInt(long[3]!, 16)];
  const [red, green, blue] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [red ?? 128, green ?? 128, blue ?? 128];
}

/** One colour laid over another with an opacity, as "rgb(…)". */
export function blend(over: string, under: string, opacity: number): string {
  const top = rgb(over);
  const bottom = rgb(under);
  return `rgb(${top.map((value, i) => Math.round(value * opacity + bottom[i]! * (1 - opacity))).join(', ')})`;
}
