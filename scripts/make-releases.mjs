// Writes src/core/source/releases.ts: on which lines the functions that most recordings show begin in each release of vLLM.
// Usage: node --import tsx scripts/make-releases.mjs 0.6.6 0.8.5 …   (pip fetches the source distributions, some 20 MB each)
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { symbolsOf } from '../src/core/source/fileSymbols.ts';
import { root } from './setup-vscode.mjs';

/** In each file, functions that run in every step, and that recordings with Python stacks therefore have; none that runs already when a recording begins. */
const FUNCTIONS = {
  'vllm/worker/model_runner.py': ['execute_model', 'prepare_model_input', 'forward'],
  'vllm/worker/worker_base.py': ['execute_model'],
  'vllm/v1/worker/gpu_worker.py': ['execute_model', 'sample_tokens'],
  'vllm/v1/worker/gpu_model_runner.py': ['execute_model', 'sample_tokens', '_prepare_inputs', '_update_states', '_model_forward', '_sample'],
  'vllm/v1/worker/gpu/model_runner.py': ['execute_model', 'sample_tokens', 'prepare_inputs'],
  'vllm/v1/worker/gpu_input_batch.py': ['refresh_metadata', 'condense', 'refresh_sampling_metadata'],
  'vllm/v1/worker/block_table.py': ['append_row', 'commit', 'commit_block_table'],
  'vllm/v1/engine/core.py': ['step', '_process_input_queue', 'execute_model'],
  'vllm/v1/sample/sampler.py': ['forward', 'sample', 'greedy_sample', 'apply_temperature'],
  'vllm/v1/attention/backends/flash_attn.py': ['forward', 'build'],
  'vllm/v1/attention/backends/triton_attn.py': ['forward', 'build'],
  'vllm/attention/layer.py': ['forward', 'unified_attention_with_output', 'maybe_save_kv_layer_to_connector'],
  'vllm/model_executor/layers/attention/attention.py': ['forward', 'unified_attention_with_output'],
  'vllm/model_executor/layers/logits_processor.py': ['forward', '_get_logits', '_gather_logits'],
  'vllm/model_executor/layers/linear.py': ['forward', 'apply'],
  'vllm/model_executor/layers/fused_moe/layer.py': ['forward', 'forward_impl', 'forward_cuda'],
  'vllm/model_executor/models/llama.py': ['forward', 'compute_logits'],
  'vllm/model_executor/models/qwen2.py': ['forward', 'compute_logits'],
  'vllm/model_executor/models/qwen3.py': ['forward', 'compute_logits'],
  'vllm/model_executor/models/gpt_oss.py': ['forward', 'compute_logits'],
  'vllm/compilation/decorators.py': ['__call__'],
  'vllm/compilation/backends.py': ['__call__'],
  'vllm/compilation/wrapper.py': ['dispatch_to_code', '__call__'],
  'vllm/compilation/cuda_graph.py': ['__call__'],
  'vllm/forward_context.py': ['set_forward_context', 'get_forward_context'],
  'vllm/distributed/parallel_state.py': ['all_reduce', '_all_reduce_out_place', 'all_gather'],
  'vllm/distributed/device_communicators/shm_broadcast.py': ['acquire_read', 'acquire_write', 'dequeue', 'enqueue'],
  'vllm/distributed/device_communicators/cuda_communicator.py': ['all_reduce'],
  'vllm/platforms/cuda.py': ['stateless_init_device_torch_dist_pg', 'device_id_to_physical_device_id'],
};

/** The package of a release as pip unpacks it before it gives up building it. */
function fetchSource(version, folder) {
  const args = ['download', `vllm==${version}`, '--no-deps', '--quiet', '--dest', folder, '--no-binary', 'vllm', '--no-build-isolation', '--no-clean'];
  const result = spawnSync('pip', args, { encoding: 'utf8', env: { ...process.env, TMPDIR: folder } });
  const found = readdirSync(folder, { recursive: true }).find((name) => /vllm_?[^/]*\/vllm$/.test(name));
  if (!found) throw new Error(`pip brought no source of vLLM ${version}: ${result.stderr.trim() || result.error?.message}`);
  return path.join(folder, path.dirname(found));
}

/** First lines of each function: "404", "30,95" where several have the name, "-" where none has. */
function firstLines(source) {
  return Object.entries(FUNCTIONS).flatMap(([file, names]) => {
    const full = path.join(source, file);
    const functions = existsSync(full) ? symbolsOf(file, readFileSync(full, 'utf8')).functions : [];
    return names.map((name) => {
      const lines = functions.filter((one) => one.name === name).map(({ firstLine }) => firstLine);
      return lines.length > 0 ? lines.join() : '-';
    });
  });
}

const versions = process.argv.slice(2);
if (versions.length === 0) throw new Error('Give the releases, oldest first.');
const cache = path.join(root, '.cache');
mkdirSync(cache, { recursive: true });
const columns = versions.map((version) => {
  const folder = mkdtempSync(path.join(cache, 'download-'));
  try {
    return firstLines(fetchSource(version, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
const names = Object.entries(FUNCTIONS).flatMap(([file, functions]) => functions.map((name) => `${file} ${name}`));
const rows = names.map((name, at) => `  '${name}': '${columns.map((column) => column[at]).join(' ')}',`).filter((row) => /\d[^']*',$/.test(row));
const text = `/** Where functions of vLLM begin in its releases, from their source distributions. Made by scripts/make-releases.mjs. */

export const RELEASES: readonly string[] = '${versions.join(' ')}'.split(' ');

/** By file and function: for each release its first lines; "-" where it has none. */
export const FIRST_LINES: Readonly<Record<string, string>> = {
${rows.join('\n')}
};
`;
writeFileSync(path.join(root, 'src/core/source/releases.ts'), text);
console.log(`${versions.length} releases, ${rows.length} functions, ${text.length} bytes`);
