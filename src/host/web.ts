/** Entry of the extension in the browser's web worker host. */
import type { ExtensionContext } from 'vscode';
import { activate as activateFeatures } from './features.js';
import { inProcess } from './inProcess.js';

export const activate = (context: ExtensionContext) => activateFeatures(context, inProcess);
