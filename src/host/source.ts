/** From a slice to the code that caused it: opens the file, asks where two places fit, says what was not found. */
import { commands, FileType, Position, type QuickPickItem, Range, type TextEditor, Uri, ViewColumn, window, workspace } from 'vscode';
import { frameText } from '../core/source/frames.js';
import { createLocator, type PathMapping, type Place, type SourceTree } from '../core/source/resolve.js';
import { modelLink } from '../shared/modelLink.js';
import { moduleOf } from '../shared/names.js';
import type { ChainLink, Frame, SliceId } from '../shared/protocol.js';
import { setting } from './settings.js';
import type { OpenTrace } from './traces.js';

/** Goes to the model code of a slice, or to the frame of one element of its chain. */
export type GoToSource = (trace: OpenTrace, slice: SliceId, link?: number) => Promise<TextEditor | undefined>;

/** Enough to ask which one is meant. */
const MOST_FILES = 30;

async function existing(uri: Uri): Promise<string | undefined> {
  try {
    const { type } = await workspace.fs.stat(uri);
    return type & FileType.File ? uri.toString() : undefined;
  } catch {
    return undefined;
  }
}

/** The workspace's files, named by their URIs. Nothing is indexed: files are looked for when somebody asks. */
const workspaceTree: SourceTree = {
  async find(suffix) {
    // Glob characters in a recorded path would be a pattern.
    const files = await workspace.findFiles(`**/${suffix.replace(/[*?{}[\]]/g, '?')}`, undefined, MOST_FILES);
    if (files.length > 0) return files.map(String);
    // The package itself may be the folder that is open: then its name is in no path below.
    const [name, ...inside] = suffix.split('/');
    const roots = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.path.endsWith(`/${name}`));
    const found = await Promise.all(roots.map(({ uri }) => existing(Uri.joinPath(uri, ...inside))));
    return found.filter((file) => file !== undefined);
  },
  at(path) {
    const root = workspace.workspaceFolders?.[0]?.uri ?? Uri.file('/');
    return existing(root.with({ path }));
  },
  async text(file) {
    return new TextDecoder().decode(await workspace.fs.readFile(Uri.parse(file)));
  },
};

function pathMappings(): PathMapping[] {
  const folder = workspace.workspaceFolders?.[0]?.uri.path ?? '';
  return setting('source.pathMappings').map(({ from, to }) => ({ from, to: to.replace(/\$\{workspaceFolder\}/g, () => folder) }));
}

/** The frame of one element; a module stands for what ran right under it. */
function linkFrame(chain: readonly ChainLink[], index: number): Frame | undefined {
  const link = chain[index];
  if (!link || link.frame) return link?.frame;
  const module = moduleOf(link.ref.name);
  return module === undefined ? undefined : chain.slice(index).find(({ frame }) => frame?.module === module)?.frame;
}

interface PlaceItem extends QuickPickItem {
  place: Place;
}

async function choose(places: readonly Place[], frame: Frame): Promise<Place | undefined> {
  if (places.length === 1) return places[0];
  const items = places.map((place): PlaceItem => {
    const path = workspace.asRelativePath(Uri.parse(place.file));
    return { label: `$(symbol-method) ${place.qualified || frame.function}`, description: `${path}:${place.line}`, place };
  });
  const picked = await window.showQuickPick(items, {
    title: 'Go to Model Code',
    placeHolder: `Several places fit ${frameText(frame)}`,
    matchOnDescription: true,
  });
  return picked?.place;
}

/** Opens the definition of a frame's function. */
export async function goToFrame(frame: Frame): Promise<TextEditor | undefined> {
  const { places, lookedFor } = await createLocator(workspaceTree, pathMappings()).locate(frame);
  if (places.length === 0) {
    const answer = await window.showWarningMessage(
      `Kernel Lens found no source of ${frameText(frame)}. Looked for ${lookedFor.join(', ')}. Add its folder to the workspace, or map its path.`,
      'Map Path',
    );
    if (answer) await commands.executeCommand('workbench.action.openSettings', 'kernelLens.source.pathMappings');
    return undefined;
  }
  const place = await choose(places, frame);
  if (!place) return undefined;
  const document = await workspace.openTextDocument(Uri.parse(place.file));
  const at = new Position(Math.min(place.line, document.lineCount) - 1, 0);
  // Where text is shown already, so that a timeline beside it stays in sight.
  const viewColumn = window.visibleTextEditors.find((editor) => editor.viewColumn !== undefined)?.viewColumn ?? ViewColumn.Active;
  const editor = await window.showTextDocument(document, { selection: new Range(at, at), viewColumn });
  if (place.qualified === '') {
    void window.showInformationMessage(
      `${workspace.asRelativePath(document.uri)} has no function ${frame.function}: opened at the recorded line ${frame.line}.`,
    );
  }
  return editor;
}

export const goToSource: GoToSource = async (trace, slice, link) => {
  const { chain, ref } = await trace.api.detail(slice);
  const index = link ?? modelLink(chain)?.index;
  const frame = index === undefined ? undefined : linkFrame(chain, index);
  if (frame) return goToFrame(frame);
  void window.showInformationMessage(
    `No Python frame was recorded around ${ref.shortName}, so its code is not known. Profile with stacks (torch.profiler's with_stack) to link kernels to code.`,
  );
  return undefined;
};
