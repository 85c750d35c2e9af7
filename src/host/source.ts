/** From a slice to the code that caused it: opens the file, asks where two places fit, says what was not found. */
import { commands, FileType, Position, type QuickPickItem, Range, type TextEditor, Uri, ViewColumn, window, workspace } from 'vscode';
import { frameText } from '../core/source/frames.js';
import { createLocator, type PathMapping, type Place, type SourceTree } from '../core/source/resolve.js';
import type { ModelLink } from '../shared/model.js';
import { modelLink } from '../shared/modelLink.js';
import { moduleOf } from '../shared/names.js';
import type { ChainLink, Frame, SliceId } from '../shared/protocol.js';
import type { NoModel } from '../shared/view.js';
import { report } from './log.js';
import type { Models } from './models.js';
import { setting } from './settings.js';
import { settingPath } from './sourceTree.js';
import type { OpenTrace } from './traces.js';

/** Each opens an editor, or says why not. */
export interface Source {
  /** the model code of a slice, or the frame of one element of its chain */
  goToSource(trace: OpenTrace, slice: SliceId, link?: number): Promise<TextEditor | undefined>;
  /** the definition of a slice's kernel */
  goToKernel(trace: OpenTrace, slice: SliceId): Promise<TextEditor | undefined>;
  /** a line of the linked tree; nothing before the trace is linked */
  open(trace: OpenTrace, file: string, line: number): Promise<TextEditor | undefined>;
}

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
  return setting('source.pathMappings').map(({ from, to }) => ({ from, to: settingPath(to) }));
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

/** Shows a line, from 1, where text is shown already, so that a timeline beside it stays in sight. */
export async function openLine(uri: Uri, line: number): Promise<TextEditor> {
  const document = await workspace.openTextDocument(uri);
  const at = new Position(Math.max(0, Math.min(line, document.lineCount) - 1), 0);
  const viewColumn = window.visibleTextEditors.find((editor) => editor.viewColumn !== undefined)?.viewColumn ?? ViewColumn.Active;
  return window.showTextDocument(document, { selection: new Range(at, at), viewColumn });
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
  const editor = await openLine(Uri.parse(place.file), place.line);
  if (place.qualified === '') {
    void window.showInformationMessage(
      `${workspace.asRelativePath(editor.document.uri)} has no function ${frame.function}: opened at the recorded line ${frame.line}.`,
    );
  }
  return editor;
}

/** Goes from slices to code, by the links of the model where there are any. */
export function createSource(models: Models): Source {
  const linked = async (trace: OpenTrace, slice: SliceId): Promise<ModelLink | undefined> => {
    await models.report(trace);
    return models.known(trace) && trace.api.modelLink(slice);
  };
  const open = async (trace: OpenTrace, file: string, line: number): Promise<TextEditor | undefined> => {
    const uri = models.fileOf(trace, file);
    return uri && openLine(uri, line);
  };
  return {
    open,
    async goToSource(trace, slice, link) {
      const calledFrom = link === undefined ? (await linked(trace, slice))?.calledFrom : undefined;
      if (calledFrom) return open(trace, calledFrom.file, calledFrom.line);
      const { chain, ref } = await trace.api.detail(slice);
      const index = link ?? modelLink(chain)?.index;
      const frame = index === undefined ? undefined : linkFrame(chain, index);
      if (frame) return goToFrame(frame);
      const answer = await models.report(trace);
      const because =
        'reason' in answer
          ? `${answer.reason} No Python frame was recorded around it either: torch.profiler's with_stack records them.`
          : 'Nothing in the model or in the recording calls it.';
      return explain(`The code that caused ${ref.shortName} is not known. ${because}`, trace, 'reason' in answer ? answer : undefined);
    },
    async goToKernel(trace, slice) {
      const { kind, shortName } = await trace.api.slice(slice);
      if (kind !== 'kernel') return explain(`${shortName} is no kernel, so it has no kernel source.`, trace);
      const definedAt = (await linked(trace, slice))?.definedAt;
      if (definedAt?.place) return open(trace, definedAt.place.file, definedAt.place.line);
      if (definedAt?.library) return explain(`${shortName} comes from ${definedAt.library}, whose source is not in this tree.`, trace);
      const answer = await models.report(trace);
      const because = 'reason' in answer ? answer.reason : `No kernel of this name is defined in ${answer.root}.`;
      return explain(`The source of ${shortName} was not found. ${because}`, trace, 'reason' in answer ? answer : undefined);
    },
  };

  /** Says why nothing opens, and offers what would help. */
  async function explain(message: string, trace: OpenTrace, noModel?: NoModel): Promise<undefined> {
    const fixes = {
      chooseModel: { label: 'Choose Model…', run: () => models.chooseModel(trace) },
      chooseSource: { label: 'Choose Source Tree…', run: () => models.chooseSource(trace) },
    };
    const fix = noModel && noModel.fix !== 'none' ? fixes[noModel.fix] : undefined;
    window.showInformationMessage(message, ...(fix ? [fix.label] : [])).then((chosen) => {
      if (fix && chosen) fix.run().catch(report);
    });
    return undefined;
  }
}
