/** Folders in which Python would look for packages: of the selected environment, of the workspace's own, of conda. */
import * as v from 'valibot';
import { extensions, FileType, Uri, workspace } from 'vscode';
import { editableProject, finderFolders, pthFolders } from './editable.js';
import { log, messageOf } from './log.js';

const decoder = new TextDecoder();

async function entriesOf(folder: Uri): Promise<[string, FileType][]> {
  try {
    return await workspace.fs.readDirectory(folder);
  } catch {
    return [];
  }
}

async function textOf(file: Uri): Promise<string> {
  try {
    return decoder.decode(await workspace.fs.readFile(file));
  } catch {
    return '';
  }
}

/** The part of the Python extension's API that is used (its `PythonExtension` type). */
const pythonApi = v.object({ environments: v.object({ getActiveEnvironmentPath: v.function() }) });
const environmentPath = v.object({ path: v.pipe(v.string(), v.minLength(1)) });

/** The environment selected in the Python extension: its interpreter, or its folder. */
async function selectedEnvironment(): Promise<string | undefined> {
  try {
    const api: unknown = await extensions.getExtension('ms-python.python')?.activate();
    if (!v.is(pythonApi, api)) return undefined;
    const selected: unknown = api.environments.getActiveEnvironmentPath(workspace.workspaceFolders?.[0]?.uri);
    return v.is(environmentPath, selected) ? selected.path : undefined;
  } catch (error) {
    log.debug(`The Python extension did not tell its environment: ${messageOf(error)}`);
    return undefined;
  }
}

/** The site-packages folders of an environment's folder, on Linux, macOS and Windows. */
async function siteFolders(prefix: Uri): Promise<Uri[]> {
  const versions = (await entriesOf(Uri.joinPath(prefix, 'lib'))).filter(([name, type]) => name.startsWith('python3') && type & FileType.Directory);
  const unix = versions.flatMap(([name]) => ['site-packages', 'dist-packages'].map((site) => Uri.joinPath(prefix, 'lib', name, site)));
  return [...unix, Uri.joinPath(prefix, 'Lib', 'site-packages')];
}

/** Where a site-packages folder says that packages installed in place are. */
async function inPlaceFolders(site: Uri): Promise<Uri[]> {
  const found: Uri[] = [];
  for (const [name] of await entriesOf(site)) {
    const file = Uri.joinPath(site, name);
    if (name.endsWith('.pth')) found.push(...pthFolders(await textOf(file)).map(Uri.file));
    else if (/^__editable__.*finder\.py$/.test(name)) found.push(...finderFolders(await textOf(file)).map(Uri.file));
    else if (/^(?:vllm|sglang)-.*\.dist-info$/.test(name)) {
      const project = editableProject(await textOf(Uri.joinPath(file, 'direct_url.json')));
      if (project !== undefined) found.push(Uri.parse(project), Uri.joinPath(Uri.parse(project), 'python'));
    }
  }
  return found;
}

/** All of them, best first. `prefixes` are the environments that the process was started in. */
export async function pythonFolders(prefixes: readonly string[]): Promise<Uri[]> {
  const selected = await selectedEnvironment();
  // An interpreter lies in bin/ or Scripts/ of its environment, conda's on Windows at its top.
  const ofSelected = selected === undefined ? [] : [Uri.file(selected), Uri.joinPath(Uri.file(selected), '..'), Uri.joinPath(Uri.file(selected), '../..')];
  const local = (workspace.workspaceFolders ?? []).flatMap(({ uri }) => ['.venv', 'venv'].map((name) => Uri.joinPath(uri, name)));
  const found: Uri[] = [];
  for (const prefix of [...ofSelected, ...local, ...prefixes.map(Uri.file)]) {
    for (const site of await siteFolders(prefix)) found.push(...(await inPlaceFolders(site)), site);
  }
  return found;
}
