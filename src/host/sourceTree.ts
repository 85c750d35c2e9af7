/** Finds the source tree of a trace: the folder that holds the package `vllm` or `sglang`. */
import { Uri, workspace } from 'vscode';
import { pythonFolders } from './pythonPackages.js';
import { setting } from './settings.js';

/** The packages that define models; a trace without Python frames may be of either. */
export const MODEL_PACKAGES = ['vllm', 'sglang'] as const;
export type ModelPackage = (typeof MODEL_PACKAGES)[number];

export interface SourceRoot {
  /** the folder that holds the package */
  uri: Uri;
  package: ModelPackage;
}

/** Packages looked at where a workspace has several. */
const MOST_PACKAGES = 30;

/** The first folder of the workspace for ${workspaceFolder} in a setting; a relative path starts there too. */
export function settingPath(text: string): string {
  return text.replace(/\$\{workspaceFolder\}/g, () => workspace.workspaceFolders?.[0]?.uri.path ?? '');
}

function settingFolder(text: string): Uri {
  const first = workspace.workspaceFolders?.[0]?.uri ?? Uri.file('/');
  const path = settingPath(text);
  if (/^(?:\/|[A-Za-z]:[\\/])/.test(path)) return first.scheme === 'file' ? Uri.file(path) : first.with({ path });
  return Uri.joinPath(first, path);
}

async function holds(folder: Uri, name: ModelPackage): Promise<boolean> {
  try {
    await workspace.fs.stat(Uri.joinPath(folder, name, '__init__.py'));
    return true;
  } catch {
    return false;
  }
}

/** What people point at: the folder that holds the package, the package itself, or SGLang's checkout. */
function around(folder: Uri): Uri[] {
  return [folder, Uri.joinPath(folder, 'python'), Uri.joinPath(folder, '..')];
}

/** Packages anywhere in the workspace: checkouts before installed copies, then the shortest path first. */
async function inWorkspace(): Promise<Uri[]> {
  const files = await workspace.findFiles(`**/{${MODEL_PACKAGES.join(',')}}/__init__.py`, null, MOST_PACKAGES);
  const installed = ({ path }: Uri): number => (/\/(?:site|dist)-packages\//.test(path) ? 1 : 0);
  return files.sort((a, b) => installed(a) - installed(b) || a.path.split('/').length - b.path.split('/').length).map((file) => Uri.joinPath(file, '../..'));
}

/** Where to look by itself; each step only when the ones before it found nothing. */
function places(prefixes: readonly string[]): (() => Promise<Uri[]>)[] {
  return [
    async () => setting('source.pathMappings').flatMap(({ to }) => around(settingFolder(to))),
    async () => (workspace.workspaceFolders ?? []).flatMap(({ uri }) => around(uri)),
    inWorkspace,
    () => pythonFolders(prefixes),
  ];
}

/** The first package in a folder or next to where it points. */
export async function packageAt(folder: Uri, packages: readonly ModelPackage[] = MODEL_PACKAGES): Promise<SourceRoot | undefined> {
  return firstWith(around(folder), packages);
}

async function firstWith(folders: readonly Uri[], packages: readonly ModelPackage[]): Promise<SourceRoot | undefined> {
  for (const uri of folders) {
    for (const name of packages) if (await holds(uri, name)) return { uri, package: name };
  }
  return undefined;
}

/** The tree that holds one of the packages. What the user points at is meant, whichever package it holds. */
export async function findSourceRoot(packages: readonly ModelPackage[], prefixes: readonly string[]): Promise<SourceRoot | undefined> {
  const chosen = setting('source.roots').flatMap((folder) => around(settingFolder(folder)));
  const meant = (await firstWith(chosen, packages)) ?? (await firstWith(chosen, MODEL_PACKAGES));
  if (meant) return meant;
  for (const folders of places(prefixes)) {
    const found = await firstWith(await folders(), packages);
    if (found) return found;
  }
  return undefined;
}
