/** What people read where the recording does not tell the phase. */
import type { Phase } from '../../../src/shared/protocol.js';

export function phaseName(phase: Phase): string {
  return phase === 'unknown' ? 'steps' : phase;
}
