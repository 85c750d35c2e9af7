import * as vscode from 'vscode';
import { pythonFolders } from '../../src/host/pythonPackages.js';
import { findSourceRoot, packageAt } from '../../src/host/sourceTree.js';
import { equal, ok } from './assert.js';
import { restoreStubs, stub } from './stub.js';
import { file } from './workbench.js';

const write = (path: string, text: string) => vscode.workspace.fs.writeFile(file(path), new TextEncoder().encode(text));
const SITE = '.venv/lib/python3.12/site-packages';

suite('the source tree', () => {
  teardown(async () => {
    restoreStubs();
    for (const folder of ['.venv', 'checkouts', 'envs']) {
      await vscode.workspace.fs.delete(file(folder), { recursive: true }).then(undefined, () => undefined);
    }
  });

  test('is the workspace that holds the package', async () => {
    const found = await findSourceRoot(['vllm'], []);
    equal(found?.uri.toString(), file('').toString().replace(/\/$/, ''));
    equal(found?.package, 'vllm');
  });

  test('is the checkout of SGLang that lies somewhere in the workspace', async () => {
    await write('checkouts/sglang/python/sglang/__init__.py', '');
    const found = await findSourceRoot(['sglang'], []);
    equal(found?.uri.toString(), file('checkouts/sglang/python').toString());
  });

  test('is what the setting says, and people may point at the package itself', async () => {
    await write('checkouts/other/vllm/__init__.py', '');
    equal((await packageAt(file('checkouts/other/vllm')))?.uri.path, file('checkouts/other').path);
    const configuration = vscode.workspace.getConfiguration('kernelLens');
    await configuration.update('source.roots', ['checkouts/other'], vscode.ConfigurationTarget.Global);
    try {
      equal((await findSourceRoot(['sglang'], []))?.uri.path, file('checkouts/other').path);
    } finally {
      await configuration.update('source.roots', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  test('is looked for in virtual environments, and where their packages are installed in place', async () => {
    await write(`${SITE}/distutils.pth`, 'import os\n/src/by-path\n');
    await write(`${SITE}/__editable___sglang_0_5_finder.py`, "MAPPING = {'sglang': '/src/by-finder/sglang'}\n");
    await write(`${SITE}/vllm-0.16.0.dist-info/direct_url.json`, '{"url": "file:///src/by-url", "dir_info": {"editable": true}}');
    const folders = (await pythonFolders([])).map(({ path }) => path);
    for (const folder of ['/src/by-path', '/src/by-finder', '/src/by-url', '/src/by-url/python', file(SITE).path]) {
      ok(folders.includes(folder), `${folder} is not in ${folders.join(', ')}`);
    }
  });

  test('is looked for first in the environment that is selected in the Python extension', async function () {
    // An interpreter is a path on a disk, which only the desktop and a server have.
    if (file('').scheme !== 'file') this.skip();
    const site = 'envs/serving/lib/python3.12/site-packages';
    await write(`${site}/vllm/__init__.py`, '');
    const asked: (vscode.Uri | undefined)[] = [];
    const exports = {
      environments: {
        getActiveEnvironmentPath(resource?: vscode.Uri) {
          asked.push(resource);
          return { id: 'serving', path: file('envs/serving/bin/python').path };
        },
      },
    };
    const { getExtension } = vscode.extensions;
    const fake = (id: string) => (id === 'ms-python.python' ? { id, activate: async () => exports } : getExtension(id));
    stub(vscode.extensions, 'getExtension', fake as typeof getExtension);
    const folders = (await pythonFolders(['/usr'])).map(({ path }) => path);
    const at = folders.indexOf(file(site).path);
    ok(at >= 0 && at < folders.indexOf('/usr/Lib/site-packages'), folders.join(', '));
    equal(asked.map(String), [String(vscode.workspace.workspaceFolders?.[0]?.uri)]);
  });

  test('does without a Python extension that answers something else', async () => {
    for (const exports of [undefined, {}, { environments: { getActiveEnvironmentPath: () => ({ path: '' }) } }]) {
      stub(vscode.extensions, 'getExtension', (() => ({ activate: async () => exports })) as unknown as typeof vscode.extensions.getExtension);
      ok(
        (await pythonFolders(['/opt/env'])).some(({ path }) => path === '/opt/env/Lib/site-packages'),
        'the other environments are forgotten',
      );
    }
  });
});
