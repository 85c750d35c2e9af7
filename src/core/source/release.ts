/** Which release of vLLM a recording is about, told from the lines on which its functions begin. */
import type { Frame } from '../../shared/protocol.js';
import { FIRST_LINES, RELEASES } from './releases.js';

/** Fewer functions than these prove nothing. */
const FEWEST = 4;
/** So many functions, and nearly all of them on their lines, are of the release itself: a file or two may have been patched. */
const [ENOUGH, NEARLY_ALL] = [20, 0.9];
/** With fewer of them on their lines, the recording is of no release that is like one of these. */
const NEAR = 0.5;

/** "vLLM 0.8.5", "vLLM 0.8.2 to 0.8.5", "a version near vLLM 0.8.5"; undefined when the frames cannot say. Files are named from the package on. */
export function releaseOf(frames: Iterable<Pick<Frame, 'file' | 'function' | 'line'>>): string | undefined {
  // A generator is also recorded on the lines where it goes on: one frame on its first line is enough.
  const recorded = new Map<string, Set<string>>();
  for (const { file, function: name, line } of frames) {
    const key = `${file} ${name}`;
    if (key in FIRST_LINES) recorded.set(key, (recorded.get(key) ?? new Set()).add(String(line)));
  }
  const known = recorded.size;
  const equal = RELEASES.map(() => 0);
  for (const [key, lines] of recorded)
    for (const [at, ofRelease] of FIRST_LINES[key].split(' ').entries()) if (ofRelease.split(',').some((line) => lines.has(line))) equal[at]++;
  const most = Math.max(...equal);
  if (known < FEWEST || most < known * NEAR) return undefined;
  const [first, last] = [RELEASES[equal.indexOf(most)], RELEASES[equal.lastIndexOf(most)]];
  const range = first === last ? `vLLM ${first}` : `vLLM ${first} to ${last}`;
  return known >= ENOUGH && most >= known * NEARLY_ALL ? range : `a version near ${range}`;
}
