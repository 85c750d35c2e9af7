/** What linking needs, as VS Code's file systems hold it: the way to it where there is no disk. */
import { RelativePattern, Uri, workspace } from 'vscode';
import { memoryFile } from '../core/read/bytes.js';
import { readTrace } from '../core/read/read.js';
import type { Sources } from '../core/session/model.js';
import type { SourceFiles } from '../shared/model.js';
import { baseName } from './api.js';
import { readWhole } from './memory.js';

const files: SourceFiles = {
  async list(root, endings) {
    const folder = Uri.parse(root);
    const found = await workspace.findFiles(new RelativePattern(folder, `**/*{${endings.join(',')}}`), null);
    return found.map(({ path }) => path.slice(folder.path.length + 1)).sort();
  },
  async read(root, path) {
    return new TextDecoder().decode(await workspace.fs.readFile(Uri.joinPath(Uri.parse(root), path)));
  },
};

export const workspaceSources: Sources = {
  files,
  async openTrace(uri) {
    const file = Uri.parse(uri);
    return readTrace(memoryFile(baseName(file), await readWhole(file)));
  },
};
