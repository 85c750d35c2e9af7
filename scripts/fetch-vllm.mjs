// Puts vLLM's source into .cache/vllm-<version>/ for the tests that read it: `node scripts/fetch-vllm.mjs 0.8.5 0.33.0`.
// Python files come from the wheel. CUDA files are only in the source distribution, which pip unpacks before it gives up building it.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup-vscode.mjs';

const DEFAULT_VERSIONS = ['0.8.5', '0.33.0'];
const cache = path.join(root, '.cache');

function run(command, args, options = {}) {
  return spawnSync(command, args, { encoding: 'utf8', ...options });
}

function download(version, folder, more = []) {
  const env = { ...process.env, TMPDIR: folder };
  return run('pip', ['download', `vllm==${version}`, '--no-deps', '--quiet', '--dest', folder, ...more], { env });
}

function fetchPython(version, target, folder) {
  const result = download(version, folder);
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (!wheel) throw new Error(`pip downloaded no wheel of vLLM ${version}: ${result.stderr.trim() || result.error?.message}`);
  const unzip =
    "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); z.extractall(sys.argv[2], [n for n in z.namelist() if n.startswith('vllm/') and n.endswith('.py')])";
  const unzipped = run('python3', ['-c', unzip, path.join(folder, wheel), target]);
  if (unzipped.status !== 0) throw new Error(`${wheel} could not be unpacked: ${unzipped.stderr.trim()}`);
}

/** The kernels' source; without it only the tests about CUDA files have less to look at. */
function fetchCuda(version, target, folder) {
  download(version, folder, ['--no-binary', 'vllm', '--no-build-isolation', '--no-clean']);
  const csrc = readdirSync(folder, { recursive: true }).find((name) => /vllm_?[^/]*\/csrc$/.test(name));
  if (csrc) cpSync(path.join(folder, csrc), path.join(target, 'csrc'), { recursive: true });
  else console.warn(`vLLM ${version}: pip brought no CUDA files`);
}

const versions = process.argv.slice(2);
for (const version of versions.length > 0 ? versions : DEFAULT_VERSIONS) {
  const target = path.join(cache, `vllm-${version}`);
  if (existsSync(target)) {
    console.log(`vLLM ${version} is in ${target}`);
    continue;
  }
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, 'download-'));
  try {
    fetchPython(version, target, folder);
    fetchCuda(version, target, folder);
    console.log(`vLLM ${version} is now in ${target}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
