/** Links a trace for a verb, and says in one line why that cannot be done. */
import type { Linked } from '../core/session/linked.js';
import { type Opened, Unreadable } from './open.js';
import type { Options } from './verb.js';

export interface Located {
  opened: Opened;
  linked: Linked;
}

/** Models named where the recording names none. */
const SUGGESTED = 5;

export async function linkOpened(opened: Opened, root: string, { arch, capture, artifacts }: Options): Promise<Located> {
  const { session, path } = opened;
  try {
    await session.link({ root, architecture: arch, capture, artifacts });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const isUnknown = arch === undefined && reason.startsWith('Which model ran?');
    throw new Unreadable(`${path}: ${reason}${isUnknown ? ` ${await suggestion(opened, root)}` : ''}`, { cause: error });
  }
  const linked = session.linked();
  if (linked === undefined) throw new Unreadable(`${path}: it could not be linked to ${root}.`);
  return { opened, linked };
}

async function suggestion({ session }: Opened, root: string): Promise<string> {
  const candidates = await session.candidates(root);
  const best = candidates.slice(0, SUGGESTED).map(({ architecture }) => architecture);
  return `Say --arch <name>${best.length === 0 ? '.' : `; by the shape of its layers ${best.join(', ')} may have run.`}`;
}
