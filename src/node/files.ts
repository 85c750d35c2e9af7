/** Files of this machine as the readers see them. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ByteFile } from '../core/read/bytes.js';

export interface OpenFile extends ByteFile {
  close(): Promise<void>;
}

/** Opens a file for reading. Rejects with the system's error when it cannot be read, and for what is no file. */
export async function openFile(filePath: string): Promise<OpenFile> {
  const handle = await open(filePath, 'r');
  try {
    return fileOf(handle, path.basename(filePath), await sizeOf(handle, filePath));
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function sizeOf(handle: FileHandle, filePath: string): Promise<number> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw Object.assign(new Error(`${filePath} is not a file`), { code: stats.isDirectory() ? 'EISDIR' : 'EINVAL' });
  return stats.size;
}

function fileOf(handle: FileHandle, name: string, size: number): OpenFile {
  return {
    name,
    size,
    async read(into, position) {
      const { bytesRead } = await handle.read(into, 0, into.length, position);
      return bytesRead;
    },
    close: () => handle.close(),
  };
}

/** A file in the folder of another, opened for each part that is read: nobody has to close it. */
export async function fileBeside(filePath: string, name: string): Promise<ByteFile | undefined> {
  const beside = path.join(path.dirname(filePath), path.basename(name));
  const size = await stat(beside).then(
    (stats) => (stats.isFile() ? stats.size : undefined),
    () => undefined,
  );
  if (size === undefined) return undefined;
  const read: ByteFile['read'] = async (into, position) => {
    const file = await openFile(beside);
    try {
      return await file.read(into, position);
    } finally {
      await file.close();
    }
  };
  return { name, size, read };
}
