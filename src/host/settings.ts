/** The settings of package.json, checked when read: a value of another type counts as the default. */
import * as v from 'valibot';
import { workspace } from 'vscode';

const mapping = v.object({ from: v.string(), to: v.string() });
const megabytes = (otherwise: number) => v.fallback(v.pipe(v.number(), v.minValue(0)), otherwise);

const settings = {
  'traces.include': v.fallback(v.array(v.string()), []),
  'traces.exclude': v.fallback(v.array(v.string()), []),
  'codeLens.enabled': v.fallback(v.boolean(), true),
  'heat.enabled': v.fallback(v.boolean(), true),
  'hover.enabled': v.fallback(v.boolean(), true),
  'source.roots': v.fallback(v.array(v.string()), []),
  'source.pathMappings': v.fallback(v.array(mapping), []),
  'nsys.path': v.fallback(v.string(), ''),
  'storage.maxSizeMB': megabytes(2000),
  'memory.maxFileSizeMB': megabytes(100),
  kernelCategories: v.fallback(v.record(v.string(), v.unknown()), {}),
  gpuPeaks: v.fallback(v.array(v.unknown()), []),
  'timeline.labels': v.fallback(v.picklist(['kernel', 'model']), 'model'),
} as const;

export type SettingName = keyof typeof settings;

/** The value in force of `kernelLens.<name>`. */
export function setting<Name extends SettingName>(name: Name): v.InferOutput<(typeof settings)[Name]> {
  return v.parse(settings[name], workspace.getConfiguration('kernelLens').get(name));
}

/** Sizes in settings are in megabytes of a million bytes, as the view shows them. */
export const BYTES_PER_MB = 1_000_000;
