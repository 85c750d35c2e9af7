/** What lies beside a trace and tells which model ran, and the question to the user when nothing does. */
import { FileType, type QuickPickItem, Uri, window, workspace } from 'vscode';
import type { Candidate } from '../shared/model.js';
import { architectureIn } from './runs.js';

/** Larger logs are of servers that ran for days; the line stands near the beginning, but a part cannot be read. */
const MOST_LOG_BYTES = 5_000_000;
const MOST_LOGS = 6;

/** The one architecture that files beside a trace, or one folder above, name; undefined when they name none or several. */
export async function modelBeside(trace: Uri): Promise<string | undefined> {
  for (const folder of [Uri.joinPath(trace, '..'), Uri.joinPath(trace, '../..')]) {
    const found = await architecturesIn(folder);
    if (found.size > 0) return found.size === 1 ? [...found][0] : undefined;
  }
  return undefined;
}

async function architecturesIn(folder: Uri): Promise<Set<string>> {
  const found = new Set<string>();
  try {
    const entries = await workspace.fs.readDirectory(folder);
    const files = entries.filter(([name, type]) => type & FileType.File && (name === 'config.json' || /\.(?:log|out)$/.test(name)));
    for (const [name] of files.slice(0, MOST_LOGS)) {
      const file = Uri.joinPath(folder, name);
      if ((await workspace.fs.stat(file)).size > MOST_LOG_BYTES) continue;
      const architecture = architectureIn(name, new TextDecoder().decode(await workspace.fs.readFile(file)));
      if (architecture) found.add(architecture);
    }
  } catch {
    // A folder that cannot be read names nothing.
  }
  return found;
}

/** The recording that vLLM makes while it captures the graphs of a rank: `capture_traces/graph_capture_rank_0.<time>.pt.trace.json.gz`. */
export async function captureBeside(trace: Uri, rank = 0): Promise<Uri | undefined> {
  const folder = Uri.joinPath(trace, '../capture_traces');
  const entries = await workspace.fs.readDirectory(folder).then(
    (found) => found,
    () => [],
  );
  const name = entries.map(([entry]) => entry).findLast((entry) => entry.startsWith(`graph_capture_rank_${rank}.`));
  return name === undefined ? undefined : Uri.joinPath(folder, name);
}

const CACHE = 'torch_compile_cache';

/** The cache of torch.compile, copied beside a trace, one folder above, or into the workspace. */
export async function artifactsBeside(trace: Uri): Promise<Uri | undefined> {
  for (const folder of [Uri.joinPath(trace, '..', CACHE), Uri.joinPath(trace, '../..', CACHE)]) {
    const isFolder = await workspace.fs.stat(folder).then(
      ({ type }) => (type & FileType.Directory) !== 0,
      () => false,
    );
    if (isFolder) return folder;
  }
  const [graph] = await workspace.findFiles(`**/${CACHE}/**/computation_graph.py`, undefined, 1);
  return graph?.with({ path: graph.path.slice(0, graph.path.indexOf(`/${CACHE}/`) + CACHE.length + 1) });
}

interface ModelItem extends QuickPickItem {
  /** undefined where it stands in a file that the user will show */
  architecture?: string;
}

async function modelOfConfig(): Promise<string | undefined> {
  const [file] = (await window.showOpenDialog({ title: 'Which model ran?', openLabel: 'Read Model', filters: { 'Model configuration': ['json'] } })) ?? [];
  if (!file) return undefined;
  const architecture = architectureIn(file.path, new TextDecoder().decode(await workspace.fs.readFile(file)));
  if (architecture === undefined) throw new Error(`${workspace.asRelativePath(file)} names no architectures: choose the config.json of the model.`);
  return architecture;
}

/** Asks which model ran. */
export async function pickModel(candidates: Promise<Candidate[]>): Promise<string | undefined> {
  const items = candidates.then((found): ModelItem[] => [
    ...found.map(({ architecture, file, fit }) => ({
      label: `$(symbol-class) ${architecture}`,
      description: `${fit} · ${file.slice(file.lastIndexOf('/') + 1)}`,
      architecture,
    })),
    { label: '$(file-code) Read it from config.json…' },
  ]);
  const picked = await window.showQuickPick(items, {
    title: 'Which model ran?',
    placeHolder: 'Kernel order alone cannot name it: several classes fit. Asked once per run.',
    matchOnDescription: true,
  });
  return picked && (picked.architecture ?? modelOfConfig());
}
