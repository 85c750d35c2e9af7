/** Entry of the extension in a host with Node: on the desktop, over SSH, in a container. */

import * as v from 'valibot';
import type { ExtensionContext } from 'vscode';
import { activate as activateFeatures } from './features.js';
import { nodePlatform } from './load.js';

export function activate(context: ExtensionContext) {
  const { version } = v.parse(v.object({ version: v.string() }), context.extension.packageJSON);
  return activateFeatures(context, nodePlatform(context.extensionUri, context.globalStorageUri, version));
}
