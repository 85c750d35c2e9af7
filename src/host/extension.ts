/** Entry of the extension in a host with Node: on the desktop, over SSH, in a container. */
import type { ExtensionContext } from 'vscode';
import { activate as activateFeatures } from './features.js';
import { nodePlatform } from './load.js';

export const activate = (context: ExtensionContext) => activateFeatures(context, nodePlatform(context.extensionUri, context.globalStorageUri));
