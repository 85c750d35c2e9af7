import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { indexSymbols, type TreeStore } from '../../../src/core/source/symbols.js';
import { sourceFiles } from '../../../src/node/sourceFiles.js';
import type { SourceFiles } from '../../../src/shared/model.js';
import { missingVllm, vllmRoot } from '../../vllm.js';

const TINY = join(import.meta.dirname, '../../models/tiny');

/** A tree that is nowhere on disk. */
function tree(texts: Record<string, string>): SourceFiles {
  return {
    list: async (_root, endings) => Object.keys(texts).filter((path) => endings.some((ending) => path.endsWith(ending))),
    read: async (_root, path) => texts[path] ?? Promise.reject(new Error(`no ${path}`)),
  };
}

test('what a tree defines, with files and lines', async () => {
  const symbols = await indexSymbols(sourceFiles, TINY);
  assert.equal(symbols.version, '1.2.3');
  assert.deepEqual(symbols.registry.get('MixedForCausalLM'), {
    module: 'vllm.model_executor.models.mixed',
    className: 'MixedForCausalLM',
    group: 'TEXT_GENERATION_MODELS',
  });
  assert.equal(symbols.registry.get('IslandForCausalLM')?.module, 'vllm.models.island');
  assert.equal(symbols.registry.get('SeeingForCausalLM')?.group, 'MULTIMODAL_MODELS');
  assert.equal(symbols.modulePath('vllm.models.island'), 'vllm/models/island/__init__.py');
  assert.equal(symbols.modulePath('vllm.models.nowhere'), undefined);
  const kernels = [...symbols.kernels.values()].flat().map(({ name, kind, file, line }) => `${name} ${kind} ${file}:${line}`);
  assert.deepEqual(kernels.sort(), [
    'bounded_kernel cuda csrc/kernels.cu:5',
    'chosen_kernel cuda csrc/kernels.cu:9',
    'conditional_kernel cuda csrc/kernels.cu:15',
    'plain_kernel cuda csrc/kernels.cu:2',
    'scatter_kernel triton vllm/models/island/gpu/model.py:14',
  ]);
  assert.deepEqual(symbols.ops.get('plain_op'), [{ name: 'plain_op', file: 'csrc/kernels.cu', line: 18 }]);
});

const PYTHON = `import torch

@triton.autotune(
    configs=[],
)
@triton.jit
def tuned(x):
    pass

@torch.jit.script
def no_kernel(x): pass

class Outer(Base, metaclass=Meta):
    class Inner: ...

    @property
    def size(
        self,
    ): return 1

direct_register_custom_op(
    op_name="unified_attention",
    op_func=unified_attention,
)
`;

test('decorated functions begin with their first decorator; only Triton makes kernels', async () => {
  const symbols = await indexSymbols(tree({ 'vllm/a.py': PYTHON }), '/tree');
  assert.deepEqual(
    [...symbols.functions.values()].flat().map(({ qualified, firstLine, line }) => `${qualified} ${firstLine}-${line}`),
    ['tuned 3-7', 'no_kernel 10-11', 'Outer.size 16-17'],
  );
  assert.deepEqual([...symbols.kernels.keys()], ['tuned']);
  assert.deepEqual(symbols.classes.get('Outer'), [{ name: 'Outer', file: 'vllm/a.py', line: 13, bases: ['Base'] }]);
  assert.deepEqual(symbols.ops.get('vllm::unified_attention'), [{ name: 'vllm::unified_attention', file: 'vllm/a.py', line: 22 }]);
});

const SCOPES = `#ifndef MARLIN_NAMESPACE_NAME
  #define MARLIN_NAMESPACE_NAME marlin
#endif
__global__ void outside(int n) {}
namespace vllm {
namespace moe {
__global__ void twice(int n) {}
}  // namespace moe
namespace {
__global__ void hidden(int n) {}
}  // namespace
}  // namespace vllm
namespace alias = vllm::moe;
namespace vllm::awq {
template <int N>
__global__ void short_form(int n) {}
} // end namespace vllm::awq
namespace MARLIN_NAMESPACE_NAME {
__global__ void marlin_kernel(int n) {}
}  // namespace MARLIN_NAMESPACE_NAME
`;

test('kernels of CUDA have the namespaces around them', async () => {
  const symbols = await indexSymbols(tree({ 'csrc/scopes.cu': SCOPES }), '/tree');
  assert.deepEqual(
    [...symbols.kernels.values()].flat().map(({ scope, name, line }) => `${scope}::${name} ${line}`),
    ['::outside 4', 'vllm::moe::twice 7', 'vllm::hidden 10', 'vllm::awq::short_form 16', 'marlin::marlin_kernel 19'],
  );
});

test('SGLang names its models in their files', async () => {
  const symbols = await indexSymbols(
    tree({
      'python/sglang/version.py': '__version__ = "0.5.6"\n',
      'python/sglang/srt/models/qwen2.py': 'class Qwen2ForCausalLM: ...\n\nEntryClass = Qwen2ForCausalLM\n',
      'python/sglang/srt/models/llama.py': 'EntryClass = [\n    LlamaForCausalLM,\n    Phi3ForCausalLM,\n]\n',
    }),
    '/tree',
  );
  assert.equal(symbols.version, '0.5.6');
  assert.deepEqual([...symbols.registry.keys()].sort(), ['LlamaForCausalLM', 'Phi3ForCausalLM', 'Qwen2ForCausalLM']);
  assert.equal(symbols.registry.get('Phi3ForCausalLM')?.module, 'sglang.srt.models.llama');
  assert.equal(symbols.modulePath('sglang.srt.models.llama'), 'python/sglang/srt/models/llama.py');
});

test('a file that changes is read again, one that is gone is forgotten', async () => {
  const texts: Record<string, string> = { 'vllm/a.py': 'def one(): ...\n', 'vllm/b.py': 'def two(): ...\n' };
  const symbols = await indexSymbols(tree(texts), '/tree');
  texts['vllm/a.py'] = '\ndef one(): ...\ndef three(): ...\n';
  await symbols.update(['vllm/a.py']);
  assert.equal(symbols.functions.get('one')?.[0]?.line, 2);
  assert.ok(symbols.functions.has('three'));
  delete texts['vllm/b.py'];
  await symbols.update(['vllm/b.py']);
  assert.equal(symbols.functions.has('two'), false);
  assert.equal(symbols.files.has('vllm/b.py'), false);
});

test('vLLM 0.8.5 as a whole', { skip: missingVllm('0.8.5') }, async (t) => {
  await indexSymbols(sourceFiles, vllmRoot('0.8.5'));
  const start = performance.now();
  const symbols = await indexSymbols(sourceFiles, vllmRoot('0.8.5'));
  t.diagnostic(`${symbols.files.size} files in ${Math.round(performance.now() - start)} ms`);
  assert.equal(symbols.version, '0.8.5');
  assert.ok(symbols.registry.size > 100);
  assert.ok(symbols.classes.has('Qwen2DecoderLayer'));
  assert.ok(symbols.ops.has('vllm::unified_attention_with_output'));
  assert.ok(symbols.kernels.get('_fwd_kernel')?.some(({ file }) => file.endsWith('prefix_prefill.py')));
});

/** A store in memory; what is read of the tree is noted. */
function stored(texts: Record<string, string>, stamps: Record<string, string>) {
  const kept = new Map<string, string>();
  const read: string[] = [];
  const files = tree(texts);
  const store: TreeStore = {
    stamp: (_root, path) => stamps[path] ?? '',
    load: async (key) => kept.get(key),
    save: async (key, text) => void kept.set(key, text),
  };
  const noting: SourceFiles = {
    list: files.list,
    read(root, path) {
      read.push(path);
      return files.read(root, path);
    },
  };
  const index = () => indexSymbols(noting, '/tree', store);
  return { kept, read, index };
}

test('a stored tree is not read again, but for files that changed, came or went', async () => {
  const texts: Record<string, string> = {
    'vllm/a.py': PYTHON,
    'vllm/version.py': "__version__ = '1.2'",
    'csrc/k.cu': 'namespace n {\n__global__ void k(int a) {}\n}',
  };
  const stamps: Record<string, string> = { 'vllm/a.py': '1', 'vllm/version.py': '1', 'csrc/k.cu': '1' };
  const { read, index } = stored(texts, stamps);
  const first = await index();
  assert.equal(read.splice(0).length, 3);
  const second = await index();
  assert.deepEqual(read, []);
  for (const part of ['version', 'files', 'stamp', 'classes', 'functions', 'kernels', 'ops', 'registry'] as const)
    assert.deepEqual(second[part], first[part], part);

  texts['vllm/b.py'] = 'class New: pass';
  delete texts['csrc/k.cu'];
  stamps['vllm/a.py'] = '2';
  texts['vllm/a.py'] = 'def moved(): pass';
  const third = await index();
  assert.deepEqual(read.splice(0).sort(), ['vllm/a.py', 'vllm/b.py']);
  assert.deepEqual([[...third.functions.keys()], [...third.classes.keys()], [...third.kernels.keys()]], [['moved'], ['New'], []]);
  assert.notEqual(third.stamp, first.stamp);
  await index();
  assert.deepEqual(read, ['vllm/b.py'], 'a file without a stamp is read each time');
});

test('what another version stored, or half of it, is not used', async () => {
  const { kept, read, index } = stored({ 'vllm/a.py': 'class A: pass' }, { 'vllm/a.py': '1' });
  await index();
  for (const [key] of kept) kept.set(key, 'symbols 0\nfile\tvllm/a.py\t1\t');
  assert.deepEqual([...(await index()).classes.keys()], ['A']);
  assert.equal(read.length, 2);
});
