/** A source tree as VS Code's file systems hold it: the way to it where there is no disk. */
import { RelativePattern, Uri, workspace } from 'vscode';
import type { SourceFiles } from '../shared/model.js';

export const workspaceFiles: SourceFiles = {
  async list(root, endings) {
    const folder = Uri.parse(root);
    const files = await workspace.findFiles(new RelativePattern(folder, `**/*{${endings.join(',')}}`), null);
    return files.map(({ path }) => path.slice(folder.path.length + 1)).sort();
  },
  async read(root, path) {
    return new TextDecoder().decode(await workspace.fs.readFile(Uri.joinPath(Uri.parse(root), path)));
  },
};
