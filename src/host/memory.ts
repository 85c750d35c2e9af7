/** Files that have to be held in memory: in the browser, and on file systems that only VS Code can read. */
import { type Uri, workspace } from 'vscode';
import { NotATrace } from '../core/read/read.js';
import { bytes as sizeText } from '../shared/format.js';
import { baseName } from './api.js';
import { BYTES_PER_MB, setting } from './settings.js';

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
