/** The editor of a trace: shows the page and connects it with the trace and the host. */
import { type CustomReadonlyEditorProvider, commands, type Disposable, Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import { type Channel, connect, serve } from '../shared/rpc.js';
import type { Reveal, ViewApi } from '../shared/view.js';
import { createHostApi, type HostServices } from './api.js';
import { viewCalls } from './calls.js';
import { log, messageOf } from './log.js';
import { pageHtml } from './page.js';
import type { OpenTrace, Traces } from './traces.js';

export const VIEW_TYPE = 'kernelLens.trace';
/** The same editor, offered for files that are only perhaps traces: a priority belongs to a view type. */
const OTHER_VIEW_TYPE = 'kernelLens.otherTrace';

interface Editor {
  trace: OpenTrace;
  panel: WebviewPanel;
  /** runs now when the page lives, else as soon as it does: a hidden page is gone and hears nothing */
  whenReady(run: (view: ViewApi) => Promise<void>): void;
}

export interface Editors {
  /** shows the trace in its editor, opening one where there is none, and there what `reveal` says; `beside` leaves the text in front where it is */
  show(uri: Uri, reveal?: Reveal, beside?: boolean): Promise<void>;
  /** runs an action of the active view */
  run(action: string): void;
  dispose(): void;
}

/** Registers the editor. Documents are the traces themselves: VS Code disposes one when its last editor closes. */
export function registerEditors(extension: Uri, traces: Traces, services: HostServices): Editors {
  const editors = new Set<Editor>();
  /** what to show in an editor that is about to open */
  const reveals = new Map<string, Reveal>();

  const resolve = (trace: OpenTrace, panel: WebviewPanel): void => {
    panel.webview.options = { enableScripts: true, localResourceRoots: [Uri.joinPath(extension, 'dist')] };
    panel.iconPath = { light: Uri.joinPath(extension, 'media', 'trace-light.svg'), dark: Uri.joinPath(extension, 'media', 'trace-dark.svg') };
    const editor = openEditor(trace, panel, services);
    editors.add(editor);
    traces.activate(trace);
    const key = trace.uri.toString();
    const reveal = reveals.get(key);
    reveals.delete(key);
    if (reveal) editor.whenReady((view) => view.reveal(reveal));
    panel.onDidChangeViewState(() => {
      if (panel.active) traces.activate(trace);
    });
    panel.onDidDispose(() => editors.delete(editor));
    panel.webview.html = pageHtml(panel.webview, extension);
  };

  const provider: CustomReadonlyEditorProvider<{ uri: Uri; trace: OpenTrace; dispose(): void }> = {
    openCustomDocument(uri) {
      const trace = traces.acquire(uri);
      return { uri, trace, dispose: () => traces.release(trace) };
    },
    resolveCustomEditor: ({ trace }, panel) => resolve(trace, panel),
  };
  const registered: Disposable[] = [VIEW_TYPE, OTHER_VIEW_TYPE].map((viewType) =>
    window.registerCustomEditorProvider(viewType, provider, { supportsMultipleEditorsPerDocument: true }),
  );

  return {
    async show(uri, reveal, beside) {
      const open = [...editors].filter(({ trace }) => trace.uri.toString() === uri.toString());
      const editor = open.find(({ panel }) => panel.visible) ?? open[0];
      const taken = beside ? window.activeTextEditor?.viewColumn : undefined;
      if (editor) {
        editor.panel.reveal(taken !== undefined && taken === editor.panel.viewColumn ? ViewColumn.Beside : undefined);
        if (reveal) editor.whenReady((view) => view.reveal(reveal));
        return;
      }
      if (reveal) reveals.set(uri.toString(), reveal);
      await commands.executeCommand('vscode.openWith', uri, VIEW_TYPE, taken === undefined ? ViewColumn.Active : ViewColumn.Beside);
    },
    run(action) {
      const open = [...editors];
      // An editor that was shown a moment ago does not know yet that it is active.
      const editor = open.find(({ panel }) => panel.active) ?? open.find(({ trace }) => trace === traces.active());
      editor?.whenReady((view) => view.run(action));
    },
    dispose() {
      for (const { dispose } of registered) dispose();
    },
  };
}

function panelChannel({ webview, onDidDispose }: WebviewPanel): Channel {
  let disposed = false;
  onDidDispose(() => {
    disposed = true;
  });
  return {
    post(message) {
      if (!disposed) void webview.postMessage(message);
    },
    listen: (receive) => void webview.onDidReceiveMessage(receive),
  };
}

/** Connects one page. The page is made anew each time it is shown, and says `ready` each time. */
function openEditor(trace: OpenTrace, panel: WebviewPanel, services: HostServices): Editor {
  const channel = panelChannel(panel);
  const view = connect<ViewApi>(channel);
  let live = false;
  let waiting: ((view: ViewApi) => Promise<void>)[] = [];

  const call = (run: (view: ViewApi) => Promise<void>): void => {
    run(view).catch((error: unknown) => log.warn(`The view could not follow: ${messageOf(error)}`));
  };
  const follow = async (): Promise<void> => {
    const outcome = await trace.outcome;
    if (!live) return;
    call((page) => ('info' in outcome ? page.opened(outcome.info) : page.refused(outcome.refusal)));
    for (const run of waiting) call(run);
    waiting = [];
  };
  const host = createHostApi(trace, services, () => {
    live = true;
    const { progress } = trace;
    if (progress && !trace.info) call((page) => page.progress(progress));
    void follow();
  });
  serve(
    channel,
    viewCalls(host, trace.api, () => services.reports.of(trace)),
  );
  const linked = services.models.onDidChange((other) => {
    if (live && other === trace) call((page) => page.modelChanged());
  });
  const measured = services.ncu.onDidChange((other) => {
    if (live && other === trace) call((page) => page.ncuChanged());
  });
  const progress = trace.onProgress((now) => {
    if (live) call((page) => page.progress(now));
  });
  panel.onDidChangeViewState(() => {
    live &&= panel.visible;
  });
  panel.onDidDispose(() => {
    live = false;
    progress.dispose();
    linked.dispose();
    measured.dispose();
    view.close('The editor was closed.');
  });
  return {
    trace,
    panel,
    whenReady(run) {
      if (live && trace.info) call(run);
      else waiting.push(run);
    },
  };
}
