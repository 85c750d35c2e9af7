/** A vLLM worker at work: one eager prefill with every Python frame, then decode steps with one CUDA graph per piece between attentions. */
import { copy, decode, fill, head, prefill, set, slotMapping } from './kernels.js';
import type { GpuRun, Thread } from './machine.js';

export interface Shape {
  layers: number;
  promptTokens: number;
  decodeSteps: number;
}

/** The first line of a function, decorators included, as Python's co_firstlineno and so Kineto have it. `name` is "Class.method" or "function". */
export type LineOf = (file: string, name: string) => number;

/** The stream of the model, and the one that collectives of the process group run on. */
export const MAIN_STREAM = 7;
export const NCCL_STREAM = 23;

const LAYERS = 'vllm/model_executor/layers';
const QWEN2 = 'vllm/model_executor/models/qwen2.py';
const QWEN3 = 'vllm/model_executor/models/qwen3.py';
const RUNNER = 'vllm/v1/worker/gpu_model_runner.py';
const BLOCK_TABLE = 'vllm/v1/worker/block_table.py';
const HIDDEN_BYTES = 4096 * 2;

export function runWorker(thread: Thread, lineOf: LineOf, { layers, promptTokens, decodeSteps }: Shape): void {
  const call = (file: string, qualified: string, body: () => void) => thread.frame(`${file}(${lineOf(file, qualified)}): ${qualified.split('.').at(-1)}`, body);
  const torchFrame = (name: string, body: () => void) => thread.frame(name, body);
  /** one id per instance, counted per class in the order first called */
  const moduleIds = new Map<string, number>();
  const module = (name: string, index: number, file: string, owner: string, body: () => void) => {
    const instance = `${name}_${index}`;
    const id = moduleIds.get(instance) ?? moduleIds.size;
    moduleIds.set(instance, id);
    const inner = () => torchFrame('torch/nn/modules/module.py(1773): _call_impl', () => call(file, `${owner}.forward`, body));
    thread.frame(`nn.Module: ${instance}`, inner, { 'Python module id': id });
  };
  const launch = (run: GpuRun, api = 'cudaLaunchKernel') => thread.launch(api, [run], MAIN_STREAM);
  const op = (name: string, run: GpuRun) => thread.op(name, () => launch(run));

  const matmul = (run: GpuRun, bytes: number) =>
    call(`${LAYERS}/linear.py`, 'UnquantizedLinearMethod.apply', () =>
      torchFrame('<built-in function linear>', () =>
        thread.op('aten::linear', () =>
          thread.op('aten::matmul', () =>
            thread.op('aten::mm', () => {
              thread.allocate(bytes);
              launch(run, 'cuLaunchKernelEx');
            }),
          ),
        ),
      ),
    );

  /** waits for the model's stream, runs on the collectives' stream, and makes the model's stream wait for it */
  const collective = (name: string, run: GpuRun) =>
    thread.annotation(`nccl:${name}`, () => {
      thread.streamWait(NCCL_STREAM, MAIN_STREAM);
      thread.call('cudaStreamIsCapturing', 500);
      thread.launch('cuLaunchKernelEx', [run], NCCL_STREAM);
      thread.streamWait(MAIN_STREAM, NCCL_STREAM);
    });
  const allReduce = () =>
    call('vllm/distributed/communication_op.py', 'tensor_model_parallel_all_reduce', () =>
      torchFrame('torch/distributed/distributed_c10d.py(2848): all_reduce', () =>
        thread.op('c10d::allreduce_', () => collective('all_reduce', prefill.allReduce)),
      ),
    );

  function attention(runs: GpuRun[]): void {
    thread.op('vllm::unified_attention_with_output', () =>
      call('vllm/attention/layer.py', 'unified_attention_with_output', () => {
        const [write, ...rest] = runs;
        op('_C_cache_ops::reshape_and_cache_flash', write);
        thread.op('_vllm_fa3_C::fwd', () => {
          thread.launch('cudaMemsetAsync', [set(4)], MAIN_STREAM);
          for (const run of rest) launch(run);
        });
      }),
    );
  }

  function eagerLayer(index: number): void {
    const norm = (k: number, run: GpuRun, name = 'rms_norm') =>
      module('RMSNorm', index * 4 + k, `${LAYERS}/layernorm.py`, 'RMSNorm', () => op(`_C::${name}`, run));
    const columns = (name: string, run: GpuRun, bytes: number) => module(name, index, `${LAYERS}/linear.py`, 'ColumnParallelLinear', () => matmul(run, bytes));
    const rows = (k: number, run: GpuRun) =>
      module('RowParallelLinear', index * 2 + k, `${LAYERS}/linear.py`, 'RowParallelLinear', () => {
        matmul(run, promptTokens * HIDDEN_BYTES);
        allReduce();
      });
    module('Qwen3DecoderLayer', index, QWEN3, 'Qwen3DecoderLayer', () => {
      if (index === 0) norm(0, prefill.norm);
      else norm(0, prefill.addNorm, 'fused_add_rms_norm');
      module('Qwen3Attention', index, QWEN3, 'Qwen3Attention', () => {
        columns('QKVParallelLinear', prefill.qkv, promptTokens * 3072 * 2);
        norm(1, prefill.qNorm);
        norm(2, prefill.kNorm);
        module('RotaryEmbedding', 0, `${LAYERS}/rotary_embedding.py`, 'RotaryEmbedding', () => op('_C::rotary_embedding', prefill.rotary));
        module('Attention', index, 'vllm/attention/layer.py', 'Attention', () => attention([prefill.cacheWrite, prefill.attention]));
        rows(0, prefill.oProj);
      });
      norm(3, prefill.addNorm, 'fused_add_rms_norm');
      module('Qwen2MLP', index, QWEN2, 'Qwen2MLP', () => {
        columns('MergedColumnParallelLinear', prefill.gateUp, promptTokens * 12288 * 2);
        module('SiluAndMul', index, `${LAYERS}/activation.py`, 'SiluAndMul', () => op('_C::silu_and_mul', prefill.silu));
        rows(1, prefill.down);
      });
    });
  }

  function eagerModel(): void {
    module('Qwen3Model', 0, QWEN2, 'Qwen2Model', () => {
      module('VocabParallelEmbedding', 0, `${LAYERS}/vocab_parallel_embedding.py`, 'VocabParallelEmbedding', () => {
        op('aten::embedding', prefill.embedding);
        allReduce();
      });
      for (let index = 0; index < layers; index++) eagerLayer(index);
      module('RMSNorm', layers * 4, `${LAYERS}/layernorm.py`, 'RMSNorm', () => op('_C::fused_add_rms_norm', prefill.addNorm));
    });
  }

  /** Compiled: no module frames below the model; one graph launch per piece, attention between the pieces. */
  function graphModel(): void {
    const { embedding, norm, addNorm, qkv, qkNorm, rotary, oProj, gateUp, silu, down } = decode;
    const before = [qkv, qkNorm, rotary];
    const after = [oProj, decode.allReduce, addNorm, gateUp, silu, down, decode.allReduce, addNorm];
    const replay = (runs: GpuRun[]) =>
      call('vllm/compilation/cuda_graph.py', 'CUDAGraphWrapper.__call__', () =>
        torchFrame('torch/cuda/graphs.py(88): replay', () => thread.launch('cudaGraphLaunch', runs, MAIN_STREAM)),
      );
    call('vllm/compilation/decorators.py', 'support_torch_compile.__call__', () =>
      thread.frame('nn.Module: GraphModule_0', () =>
        torchFrame('<eval_with_key>.26(4): forward', () => {
          replay([embedding, decode.allReduce, norm, ...before]);
          for (let index = 0; index < layers; index++) {
            attention([decode.cacheWrite, decode.attention, decode.combine]);
            replay(index + 1 < layers ? [...after, ...before] : after);
          }
        }),
      ),
    );
  }

  function sample(): void {
    call(QWEN3, 'Qwen3ForCausalLM.compute_logits', () =>
      module('LogitsProcessor', 0, `${LAYERS}/logits_processor.py`, 'LogitsProcessor', () => {
        matmul(head.logits, 151936);
        call('vllm/distributed/communication_op.py', 'tensor_model_parallel_all_gather', () =>
          thread.op('c10d::_allgather_base_', () => collective('_all_gather_base', head.allGather)),
        );
      }),
    );
    module('Sampler', 0, 'vllm/v1/sample/sampler.py', 'Sampler', () =>
      call('vllm/v1/sample/sampler.py', 'Sampler.greedy_sample', () => {
        op('aten::div', head.toFloat);
        op('aten::argmax', head.argmax);
      }),
    );
  }

  function step(annotation: string, tokens: number, model: () => void): void {
    call('vllm/v1/worker/gpu_worker.py', 'Worker.execute_model', () =>
      torchFrame('torch/utils/_contextlib.py(116): decorate_context', () =>
        call(RUNNER, 'GPUModelRunner.execute_model', () => {
          thread.annotation(annotation, () => {
            call(RUNNER, 'GPUModelRunner._prepare_inputs', () => {
              thread.work(90_000);
              thread.op('aten::fill_', () => launch(fill));
              call(BLOCK_TABLE, 'BlockTable.compute_slot_mapping', () => launch(slotMapping, 'cuLaunchKernelEx'));
              for (const bytes of [tokens * 8, tokens * 8, 4096]) {
                thread.op('aten::_to_copy', () =>
                  thread.op('aten::copy_', () => thread.launch('cudaMemcpyAsync', [copy('HtoD (Pinned -> Device)', bytes)], MAIN_STREAM)),
                );
              }
            });
            module('Qwen3ForCausalLM', 0, QWEN3, 'Qwen3ForCausalLM', model);
            sample();
          });
          call(RUNNER, 'GPUModelRunner._bookkeeping_sync', () => {
            thread.op('aten::copy_', () => thread.launch('cudaMemcpyAsync', [copy('DtoH (Device -> Pinned)', 8)], MAIN_STREAM));
            thread.synchronize(MAIN_STREAM);
            thread.work(60_000);
          });
        }),
      ),
    );
  }

  step(`execute_context_1(${promptTokens})_generation_0(0)`, promptTokens, eagerModel);
  for (let n = 0; n < decodeSteps; n++) {
    thread.work(140_000);
    step('execute_context_0(0)_generation_1(1)', 1, graphModel);
  }
}
