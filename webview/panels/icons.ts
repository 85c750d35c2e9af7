/** Icons, drawn as lines in the text's colour on a 16 × 16 field. */

const PATHS = {
  search: 'M10.3 10.3 14 14M6.5 11.5a5 5 0 1 1 0-10 5 5 0 0 1 0 10Z',
  filter: 'M2 3.5h12l-4.5 5v4l-3 1.5V8.5Z',
  up: 'M8 13.5V3M3.5 7.5 8 3l4.5 4.5',
  down: 'M8 2.5V13M3.5 8.5 8 13l4.5-4.5',
  left: 'M10 3.5 5.5 8l4.5 4.5',
  right: 'M6 3.5 10.5 8 6 12.5',
  close: 'm3.5 3.5 9 9m0-9-9 9',
  copy: 'M5.5 4.5h7v9h-7zM3.5 11.5v-9h7',
  save: 'M2.5 2.5h9l2 2v9h-11zM5 2.5v4h5v-4m-5.5 11v-4h7v4',
  help: 'M8 14.5a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13ZM6 6.3a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M8 11.2v.6',
  warning: 'M8 2l6.5 11.5h-13ZM8 6.2v3.6m0 1.4v.6',
  info: 'M8 14.5a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13ZM8 7.2v4M8 4.6v.6',
  check: 'M8 14.5a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13ZM5 8.3l2.1 2.1L11 6.2',
  none: 'M8 14.5a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13ZM3.5 12.5l9-9',
  table: 'M1.5 2.5h13v11h-13zM1.5 6h13M6 6v7.5',
  chart: 'M2.5 2v11.5H14M5.5 11V8m3 3V4.5m3 6.5V7',
  timeline: 'M1 8.5h3l2-6 4 11 2-5h3',
  goToCode: 'M4.5 6V1.5h5l3 3v10h-8V12M9.5 1.5v3h3M1.5 9h6M5 6.5 7.5 9 5 11.5',
  ellipsis: 'M2.5 8h1m4 0h1m4 0h1',
  frame: 'M6 2.5c-2 0-2 1-2 2.5s0 3-1.5 3C4 8 4 9.5 4 11s0 2.5 2 2.5m4-11c2 0 2 1 2 2.5s0 3 1.5 3C12 8 12 9.5 12 11s0 2.5-2 2.5',
  module: 'M8 1.5l6 3.3v6.4l-6 3.3-6-3.3V4.8ZM2 4.8 8 8l6-3.2M8 8v6.5',
  annotation: 'M2.5 2.5h6l5 5-6 6-5-5zM5 5.5h.5',
} as const;

export type IconName = keyof typeof PATHS;

/** A new icon; it says nothing to screen readers, so what holds it needs a name. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
