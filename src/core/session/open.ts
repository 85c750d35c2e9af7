/** From a file to answers, in one go. */
import type { ByteFile } from '../read/bytes.js';
import { type ReadOptions, readTrace } from '../read/read.js';
import type { Sources } from './model.js';
import { createSession, type OwnRules, type Session } from './session.js';

/** Reads a trace and answers for it. Throws NotATrace; damage inside a trace is told in its info. The file must stay readable for details. */
export async function openTrace(file: ByteFile, options?: ReadOptions, sources?: Sources, own?: OwnRules): Promise<Session> {
  const { trace, records } = await readTrace(file, options);
  return createSession(trace, records, { fileName: file.name, fileBytes: file.size }, { sources, own });
}
