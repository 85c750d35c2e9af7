/** Which model ran, told from the files of the frames: where graphs hide the modules, sampling still runs in the model's own file. */
import { modulePath } from './frames.js';
import type { RegisteredModel } from './registry.js';

/** Endings of classes that generate; a file also registers embedding and reward models that share its layers. */
const GENERATES = /For(?:CausalLM|ConditionalGeneration)$/;

/**
 * Architectures that the tree defines in the given files. Other names of a class are left out, and so are files that define
 * several models that generate: nothing says which of them ran.
 */
export function architecturesOfFiles(files: Iterable<string>, registry: ReadonlyMap<string, Pick<RegisteredModel, 'module' | 'className'>>): string[] {
  const ofFile = new Map<string, string[]>();
  for (const [architecture, { module, className }] of registry) {
    if (architecture !== className || !GENERATES.test(className)) continue;
    const file = `${module.replace(/^python\./, '').replaceAll('.', '/')}.py`;
    ofFile.set(file, [...(ofFile.get(file) ?? []), architecture]);
  }
  const found = new Set<string>();
  for (const file of files) {
    const named = ofFile.get(modulePath(file)?.path ?? '') ?? [];
    if (named.length === 1) found.add(named[0]);
  }
  return [...found];
}
