/** vLLM's own source, which scripts/fetch-vllm.mjs puts into .cache/. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const CACHE = join(import.meta.dirname, '../.cache');

/** Versions that are there, oldest first: "0.8.5". */
export function vllmVersions(): string[] {
  const folders = existsSync(CACHE) ? readdirSync(CACHE).filter((name) => name.startsWith('vllm-') && existsSync(join(CACHE, name, 'vllm'))) : [];
  return folders.map((name) => name.slice('vllm-'.length)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** The folder that holds `vllm/` of a version. */
export function vllmRoot(version: string): string {
  return join(CACHE, `vllm-${version}`);
}

/** For a test's `skip` option: false when the version is there, else the reason. */
export function missingVllm(version: string): string | false {
  return vllmVersions().includes(version) ? false : `vLLM ${version} is not in .cache: node scripts/fetch-vllm.mjs ${version}`;
}
