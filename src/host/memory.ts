/** Files that have to be held in memory: in the browser, and on file systems that only VS Code can read. */
import { type Uri, workspace } from 'vscode';
import { memoryFile } from '../core/read/bytes.js';
import { NotATrace, sniff } from '../core/read/read.js';
import { bytes as sizeText } from '../shared/format.js';
import { baseName } from './api.js';
import { BYTES_PER_MB, setting } from './settings.js';

/** Files that are sniffed by reading them whole. */
const SNIFF_BYTES = 5_000_000;

/** The bytes of a file; refused above the limit of the settings, before anything is read. */
export async function readWhole(uri: Uri): Promise<Uint8Array> {
  const limit = setting('memory.maxFileSizeMB') * BYTES_PER_MB;
  const { size } = await workspace.fs.stat(uri);
  if (size > limit) {
    throw new NotATrace(
      'This file is too large to open here',
      `${baseName(uri)} has ${sizeText(size)}, and here a trace is held in memory, up to ${sizeText(limit)} (setting kernelLens.memory.maxFileSizeMB). Open its folder in VS Code on the desktop or over SSH.`,
    );
  }
  return workspace.fs.readFile(uri);
}

/** Told from the first bytes where the file is small, else from the name: there is no reading of a part. */
export async function isTraceInMemory(uri: Uri, bytes: number): Promise<boolean> {
  if (bytes > SNIFF_BYTES) return /trace|profile/i.test(baseName(uri));
  const { format } = await sniff(memoryFile(baseName(uri), await workspace.fs.readFile(uri)));
  return format !== 'none';
}
