/** Chooses who paints the rectangles: the GPU where there is a real one, our own rasteriser where WebGL would be emulated. */
import { glPainter } from './gl.js';
import { rasterPainter } from './raster.js';
import type { Rects } from './rects.js';

/** Colours that all rectangles of a frame share, as `Rects.fill` has them. */
export interface Inks {
  background: number;
  /** lines of a pattern */
  pattern: number;
  outline: number;
}

/** Paints all rectangles of a frame; the canvas has the size in device pixels already. */
export type Painter = (rects: Rects, inks: Inks) => void;

/** Emulated WebGL takes 1.6 s for 100 k rectangles where the rasteriser takes 5 ms. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Whether WebGL2 runs on a real GPU here. Asked of a canvas of its own: a canvas keeps the first context it gave. */
function hasGpu(): boolean {
  const gl = document.createElement('canvas').getContext('webgl2');
  if (!gl) return false;
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return !SOFTWARE.test(renderer);
}

export function createPainter(canvas: HTMLCanvasElement): Painter {
  return (hasGpu() && glPainter(canvas)) || rasterPainter(canvas);
}
