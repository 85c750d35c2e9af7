/** Lines of source, as texts and as links. */
import type { SourcePlace } from '../../src/shared/model.js';
import type { App } from '../app.js';
import { textButton } from './dom.js';

/** "llama.py:91". */
export function placeText({ file, line }: SourcePlace): string {
  return `${file.slice(file.lastIndexOf('/') + 1)}:${line}`;
}

/** "LlamaMLP.forward", "Qwen2DecoderLayer.forward via Qwen3DecoderLayer" where a class inherits it. */
export function symbolText({ symbol, via }: SourcePlace): string {
  return via ? `${symbol} via ${via}` : symbol;
}

export function openPlace(app: App, { file, line }: SourcePlace): void {
  app.host.openPlace(file, line).catch((error: Error) => app.announce(error.message));
}

export function placeLink(app: App, place: SourcePlace): HTMLButtonElement {
  return textButton('link mono', () => openPlace(app, place), `${place.file}:${place.line} ${symbolText(place)}`, placeText(place));
}
