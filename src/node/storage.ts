/** Files of a cache folder: written whole or not at all, the ones used longest ago deleted first. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { threadId } from 'node:worker_threads';

const ENDING = '.index';
/** of a file that another program made */
const FILE_ENDING = '.sqlite';

/** Names a file's index: another size, time or version of the program is another name. */
export async function storageKey(filePath: string, version: string): Promise<string> {
  const { size, mtimeMs } = await stat(filePath);
  return createHash('sha256').update(`${filePath}\0${size}\0${mtimeMs}\0${version}`).digest('hex').slice(0, 32);
}

/** What is stored under a key, and marks it as used; undefined when there is nothing. */
export async function readStored(folder: string, key: string): Promise<Uint8Array | undefined> {
  const file = path.join(folder, key + ENDING);
  try {
    const bytes = await readFile(file);
    const now = new Date();
    await utimes(file, now, now);
    // A plain view: a Buffer's own slice would not copy where readers mean to.
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Stores bytes, then deletes what is oldest until the folder is within its limit; more than the limit is not stored. */
export async function writeStored(folder: string, key: string, parts: readonly Uint8Array[], limitBytes: number): Promise<void> {
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  if (bytes > limitBytes) return shrink(folder, limitBytes);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, key + ENDING);
  // Two windows, or the threads of two traces, may store the same at once: each writes its own file, and the last rename stays.
  const unfinished = `${file}.${process.pid}.${threadId}.tmp`;
  try {
    await writeFile(unfinished, parts);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await shrink(folder, limitBytes);
}

/** The file that is stored under a key, and marks it as used; undefined when there is none. */
export async function storedFile(folder: string, key: string): Promise<string | undefined> {
  const file = path.join(folder, key + FILE_ENDING);
  const now = new Date();
  return utimes(file, now, now).then(
    () => file,
    () => undefined,
  );
}

/** Moves a file that is about to be used into the folder, and answers its path there. It stays even above the limit, until something else is stored. */
export async function keepFile(folder: string, key: string, made: string, limitBytes: number): Promise<string> {
  const file = path.join(folder, key + FILE_ENDING);
  const { size } = await stat(made);
  await rename(made, file);
  await storedFile(folder, key);
  await shrink(folder, Math.max(limitBytes, size));
  return file;
}

async function entries(folder: string): Promise<{ file: string; bytes: number; usedMs: number }[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const found = names.map(async (name) => {
    const file = path.join(folder, name);
    const stats = await stat(file).catch(() => undefined);
    return stats?.isFile() ? [{ file, bytes: stats.size, usedMs: stats.mtimeMs }] : [];
  });
  return (await Promise.all(found)).flat();
}

async function shrink(folder: string, limitBytes: number): Promise<void> {
  let left = limitBytes;
  for (const { file, bytes } of (await entries(folder)).sort((a, b) => b.usedMs - a.usedMs)) {
    left -= bytes;
    if (left < 0) await rm(file, { force: true });
  }
}

/** Deletes everything that is stored; answers how many bytes that freed. */
export async function clearStored(folder: string): Promise<number> {
  const all = await entries(folder);
  await rm(folder, { recursive: true, force: true });
  return all.reduce((sum, { bytes }) => sum + bytes, 0);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
