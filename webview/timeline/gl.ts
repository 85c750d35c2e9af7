/** The GPU painter: one instanced rectangle and one shader. Patterns and outlines are decided per pixel, as in raster.ts. */
import type { Painter } from './painter.js';

const VERTEX = `#version 300 es
in vec4 box;
in vec4 fill;
in uint style;
uniform vec2 size;
flat out vec4 edges;
flat out vec4 colour;
flat out uint look;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  vec2 place = mix(box.xy, box.zw, corner);
  gl_Position = vec4(place.x / size.x * 2.0 - 1.0, 1.0 - place.y / size.y * 2.0, 0, 1);
  edges = box;
  colour = fill;
  look = style;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
flat in vec4 edges;
flat in vec4 colour;
flat in uint look;
uniform vec2 size;
uniform vec4 patternInk;
uniform vec4 outlineInk;
out vec4 result;
bool inPattern(uint pattern, int x, int y) {
  int down = (x + y) % 6;
  int up = (x - y + 65536) % 6;
  if (pattern == 1u) return down < 2;
  if (pattern == 2u) return x % 4 == 0 && y % 4 == 0;
  if (pattern == 3u) return down == 0 || up == 0;
  if (pattern == 4u) return y % 5 == 0;
  if (pattern == 5u) return x % 5 == 0;
  if (pattern == 6u) return up < 2;
  return pattern == 7u && (x % 5 == 0 || y % 5 == 0);
}
bool inOutline(uint outline, int along) {
  return outline == 1u || (outline == 2u && along % 6 < 4) || (outline == 3u && along % 3 == 0);
}
void main() {
  ivec2 at = ivec2(int(gl_FragCoord.x), int(size.y) - 1 - int(gl_FragCoord.y));
  ivec4 box = ivec4(edges);
  uint outline = look >> 3u;
  bool onRow = at.y == box.y || at.y == box.w - 1;
  bool onColumn = at.x == box.x || at.x == box.z - 1;
  result = inPattern(look & 7u, at.x, at.y) ? patternInk : colour;
  if ((onRow && inOutline(outline, at.x)) || (onColumn && inOutline(outline, at.y))) result = outlineInk;
}`;

function compile(gl: WebGL2RenderingContext, kind: number, source: string): WebGLShader {
  const shader = gl.createShader(kind);
  if (!shader) throw new Error('no shader');
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader) ?? 'shader does not compile');
  return shader;
}

function linkProgram(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, VERTEX));
  gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, FRAGMENT));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? 'program does not link');
  return program;
}

const bytesOf = (fill: number): [number, number, number, number] => [(fill & 255) / 255, ((fill >> 8) & 255) / 255, ((fill >> 16) & 255) / 255, 1];

/** A painter on WebGL2, or undefined where the canvas gives no context. Starts again after the GPU was lost. */
export function glPainter(canvas: HTMLCanvasElement): Painter | undefined {
  const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false });
  if (!gl) return undefined;
  const setUp = () => {
    const program = linkProgram(gl);
    const attribute = (name: string, components: number, type: number, whole: boolean) => {
      const buffer = gl.createBuffer();
      const place = gl.getAttribLocation(program, name);
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.enableVertexAttribArray(place);
      if (whole) gl.vertexAttribIPointer(place, components, type, 0, 0);
      else gl.vertexAttribPointer(place, components, type, type === gl.UNSIGNED_BYTE, 0, 0);
      gl.vertexAttribDivisor(place, 1);
      return buffer;
    };
    const [box, fill, style] = [
      attribute('box', 4, gl.SHORT, false),
      attribute('fill', 4, gl.UNSIGNED_BYTE, false),
      attribute('style', 1, gl.UNSIGNED_BYTE, true),
    ];
    gl.useProgram(program);
    return { program, box, fill, style };
  };
  let { program, box, fill, style } = setUp();
  canvas.addEventListener('webglcontextlost', (event) => event.preventDefault());
  canvas.addEventListener('webglcontextrestored', () => ({ program, box, fill, style } = setUp()));
  const upload = (buffer: WebGLBuffer, columns: Int16Array | Uint32Array | Uint8Array) => {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, columns, gl.STREAM_DRAW);
  };
  return (rects, inks) => {
    if (gl.isContextLost()) return;
    const uniform = (name: string) => gl.getUniformLocation(program, name);
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(...bytesOf(inks.background));
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(uniform('size'), canvas.width, canvas.height);
    gl.uniform4f(uniform('patternInk'), ...bytesOf(inks.pattern));
    gl.uniform4f(uniform('outlineInk'), ...bytesOf(inks.outline));
    upload(box, rects.box.subarray(0, rects.count * 4));
    upload(fill, rects.fill.subarray(0, rects.count));
    upload(style, rects.style.subarray(0, rects.count));
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, rects.count);
  };
}
