/** Kernels of a step beside the slots of a model. A step is drawn as roles; "|" begins an attention. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KERNEL_ROLES, roleIndex } from '../../../src/core/source/roles.js';
import { ATTENDING, attentionAnchors, createAligner, OWNERSHIP, type StepAlignment } from '../../../src/core/source/segments.js';
import type { ModelMap } from '../../../src/shared/model.js';
import { GLM, LLAMA, modelFrom, QWEN3 } from '../../models.js';

function aligned(model: ModelMap, drawing: string): { step: StepAlignment; lines: string[] } {
  const words = drawing.split(/\s+/).filter((word) => word !== '');
  const anchors: number[] = [];
  const names: string[] = [];
  for (const word of words) {
    if (word === '|') anchors.push(names.length);
    else names.push(word);
  }
  const roles = Uint8Array.from(names, (name) => {
    const role = KERNEL_ROLES.find((one) => one === name);
    assert.ok(role, `"${name}" is no role`);
    return roleIndex(role);
  });
  const step = createAligner(model)?.step(roles, anchors);
  assert.ok(step);
  const lines = names.map((name, at) => {
    const path = step.slot[at] < 0 ? '-' : model.slots[step.slot[at]].path;
    return `${name} ${step.layer[at]} ${path}${OWNERSHIP[step.own[at]] === 'own' ? '' : ' (beside)'}`;
  });
  return { step, lines };
}

const HEAD = 'norm linear rope kvCache';
const TAIL = 'attention linear norm linear activation linear';

test('two layers, from the embedding to the head', () => {
  const { step, lines } = aligned(LLAMA, `embedding ${HEAD} | ${TAIL} ${HEAD} | ${TAIL} norm linear`);
  assert.deepEqual(lines, [
    'embedding -1 embed_tokens',
    'norm 0 input_layernorm',
    'linear 0 self_attn.qkv_proj',
    'rope 0 self_attn.rotary_emb',
    'kvCache 0 self_attn.attn (beside)',
    'attention 0 self_attn.attn',
    'linear 0 self_attn.o_proj',
    'norm 0 post_attention_layernorm',
    'linear 0 mlp.gate_up_proj',
    'activation 0 mlp.act_fn',
    'linear 0 mlp.down_proj',
    'norm 1 input_layernorm',
    'linear 1 self_attn.qkv_proj',
    'rope 1 self_attn.rotary_emb',
    'kvCache 1 self_attn.attn (beside)',
    'attention 1 self_attn.attn',
    'linear 1 self_attn.o_proj',
    'norm 1 post_attention_layernorm',
    'linear 1 mlp.gate_up_proj',
    'activation 1 mlp.act_fn',
    'linear 1 mlp.down_proj',
    'norm -1 norm',
    'linear -1 logits_processor',
  ]);
  assert.deepEqual(
    [...new Set(step.fit)].map((fit) => fit.toFixed(2)),
    ['0.85'],
  );
});

/** Lines of the middle segment only: from the first attention to the second. */
function middle(model: ModelMap, drawing: string): { fit: string; lines: string[] } {
  const { step, lines } = aligned(model, `embedding ${HEAD} | ${drawing} | ${TAIL} norm linear`);
  return { fit: step.fit[step.borders[1]].toFixed(2), lines: lines.slice(step.borders[1], step.borders[2]) };
}

const CASES: { what: string; drawing: string; fit: string; has: string[] }[] = [
  {
    what: 'a split-K sum belongs to the product before it',
    drawing: 'attention linear linearAux norm linear activation linear linearAux norm linear rope kvCache',
    fit: '0.85',
    has: ['linearAux 0 self_attn.o_proj (beside)', 'linearAux 0 mlp.down_proj (beside)'],
  },
  {
    what: 'an all-reduce belongs to the row-parallel product before it',
    drawing: 'attention linear communication norm linear activation linear communication norm linear rope kvCache',
    fit: '0.85',
    has: ['communication 0 self_attn.o_proj (beside)', 'communication 0 mlp.down_proj (beside)'],
  },
  {
    what: 'a norm that was fused away leaves its slot empty',
    drawing: 'attention linear linear activation linear linear rope kvCache',
    fit: '0.85',
    has: ['linear 0 mlp.gate_up_proj', 'linear 1 self_attn.qkv_proj'],
  },
  {
    what: 'a cache write inside of the attention group',
    drawing: 'attention attention elementwise elementwise linear norm linear activation linear norm linear rope quant kvCache',
    fit: '0.85',
    has: ['elementwise 0 self_attn.attn (beside)', 'quant 1 self_attn.attn (beside)'],
  },
  {
    what: 'a product too few: the structure does not agree',
    drawing: 'attention linear norm linear activation norm linear rope kvCache',
    fit: '0.70',
    has: ['linear 0 mlp.gate_up_proj', 'linear 1 self_attn.qkv_proj'],
  },
  {
    what: 'a product too many',
    drawing: 'attention linear linear norm linear activation linear norm linear rope kvCache',
    fit: '0.65',
    has: ['linear 0 mlp.down_proj', 'linear 1 self_attn.qkv_proj'],
  },
];

for (const { what, drawing, fit, has } of CASES) {
  test(what, () => {
    const found = middle(LLAMA, drawing);
    assert.equal(found.fit, fit);
    for (const line of has) assert.ok(found.lines.includes(line), `${line} is not in\n${found.lines.join('\n')}`);
  });
}

test('copies are never a slot of their own', () => {
  const drawing = 'attention linear norm linear activation linear norm linear copy norm copy norm rope kvCache';
  const { lines } = middle(QWEN3, drawing);
  assert.deepEqual(
    lines.filter((line) => line.startsWith('norm')),
    ['norm 0 post_attention_layernorm', 'norm 1 input_layernorm', 'norm 1 self_attn.q_norm', 'norm 1 self_attn.k_norm'],
  );
  for (const line of lines.filter((one) => one.startsWith('copy'))) assert.match(line, /self_attn\.\w+ \(beside\)$/);
});

test('dense layers and layers of experts are told apart by their kernels', () => {
  const head = 'norm linear norm linear indexer kvCache';
  const dense = 'attention linear communication norm linear activation linear communication';
  const experts = 'attention linear communication norm linear router moe activation moe router linear activation linear communication';
  const { lines } = aligned(GLM, `embedding ${head} | ${dense} ${head} | ${experts} ${head} | ${experts} norm linear`);
  const of = (layer: number) => lines.filter((line) => line.includes(` ${layer} mlp.`)).map((line) => line.replace(/^.* (mlp\S+).*$/, '$1'));
  assert.deepEqual(of(0), ['mlp.gate_up_proj', 'mlp.act_fn', 'mlp.down_proj', 'mlp.down_proj']);
  assert.deepEqual(of(1), ['mlp.gate', ...Array(9).fill('mlp.experts')]);
  assert.deepEqual(of(2), of(1));
});

test('what the engine does around the model stays outside', () => {
  const { lines } = aligned(LLAMA, `copy sampling elementwise embedding ${HEAD} | ${TAIL} norm linear sampling copy`);
  assert.deepEqual(
    [...lines.slice(0, 3), ...lines.slice(-2)],
    ['copy -1 - (beside)', 'sampling -1 - (beside)', 'elementwise -1 - (beside)', 'sampling -1 - (beside)', 'copy -1 - (beside)'],
  );
});

test('one attention a layer is an anchor, whatever its number of kernels; linear attentions between them are too', () => {
  const roles = (text: string) =>
    Uint8Array.from(text, (letter) => roleIndex(({ a: 'attention', l: 'linearAttention', g: 'linear' } as const)[letter] ?? 'other'));
  assert.deepEqual(attentionAnchors(roles('gaaggaagg'), Int16Array.from([0, 0, 0, 0, 1, 1, 1, 1, -1]), ATTENDING), [1, 5]);
  assert.deepEqual(attentionAnchors(roles('gllggllggag'), Int16Array.from([-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0]), ATTENDING), [1, 5, 9]);
});

/** As Qwen3-Next: three layers with linear attention, then one with full attention; each with experts. */
const HYBRID = modelFrom(
  'HybridForCausalLM',
  'HybridLayer',
  `
  before embed_tokens         VocabEmbedding  embedding        HybridModel
  layer  input_norm           RMSNorm         norm             HybridLayer
  layer  linear_attn.in_qkvz  ColumnLinear    linear           DeltaNet       DeltaNet
  layer  linear_attn.in_ba    ColumnLinear    linear           DeltaNet       DeltaNet
  layer  linear_attn.core     -               linearAttention  DeltaNet       DeltaNet
  layer  linear_attn.norm     RMSNormGated    norm             DeltaNet     ? DeltaNet
  layer  linear_attn.out      RowLinear       linear           DeltaNet       DeltaNet
  layer  self_attn.qkv        QKVLinear       linear           FullAttention  FullAttention
  layer  self_attn.rotary     RotaryEmbedding rope             FullAttention  FullAttention
  layer  self_attn.attn       Attention       attention        FullAttention  FullAttention
  layer  self_attn.out        RowLinear       linear           FullAttention  FullAttention
  layer  post_norm            RMSNorm         norm             HybridLayer
  layer  mlp.gate             Linear          router           MoE
  layer  mlp.experts          FusedMoE        moe              MoE
  after  norm                 RMSNorm         norm             HybridModel
  after  lm_head              ParallelLMHead  linear           HybridForCausalLM
`,
);

test('layers with linear attention and layers with full attention: the next attention tells which products come before it', () => {
  const experts = 'norm linear router moe moe';
  const delta = 'norm linear linear';
  const full = 'norm linear rope kvCache';
  const { lines, step } = aligned(
    HYBRID,
    `embedding ${delta} | linearAttention linearAttention norm linear ${experts} ${full} | attention linear ${experts} ${delta} | linearAttention linearAttention norm linear ${experts} norm linear`,
  );
  const of = (layer: number) => lines.flatMap((line) => (line.split(' ')[1] === String(layer) ? [line.split(' ')[2]] : []));
  const [deltaPaths, experts_] = [
    ['input_norm', 'linear_attn.in_qkvz', 'linear_attn.in_ba', 'linear_attn.core', 'linear_attn.core', 'linear_attn.norm', 'linear_attn.out'],
    ['post_norm', 'mlp.gate', 'mlp.experts', 'mlp.experts', 'mlp.experts'],
  ];
  assert.deepEqual(of(0), [...deltaPaths, ...experts_]);
  assert.deepEqual(of(1), ['input_norm', 'self_attn.qkv', 'self_attn.rotary', 'self_attn.attn', 'self_attn.attn', 'self_attn.out', ...experts_]);
  assert.deepEqual(of(2), of(0));
  assert.deepEqual(
    [...new Set(step.fit)].map((fit) => fit.toFixed(2)),
    ['0.85'],
  );
});

/** As Nemotron-H: a layer is a Mamba mixer, an attention, or an MLP. */
const MIXERS = modelFrom(
  'MixerForCausalLM',
  'MambaLayer',
  `
  layer  norm            RMSNorm     norm             MambaLayer      MambaLayer
  layer  mixer.in_proj   Linear      linear           Mamba           MambaLayer
  layer  mixer.scan      -           linearAttention  Mamba           MambaLayer
  layer  mixer.out_proj  RowLinear   linear           Mamba           MambaLayer
  layer  norm            RMSNorm     norm             MLPLayer        MLPLayer
  layer  mixer.up_proj   Linear      linear           MLP             MLPLayer
  layer  mixer.act       ReLUSquared activation       MLP             MLPLayer
  layer  mixer.down_proj RowLinear   linear           MLP             MLPLayer
  layer  norm            RMSNorm     norm             AttentionLayer  AttentionLayer
  layer  mixer.qkv_proj  QKVLinear   linear           Attention       AttentionLayer
  layer  mixer.attn      Attention   attention        Attention       AttentionLayer
  layer  mixer.o_proj    RowLinear   linear           Attention       AttentionLayer
`,
);

test('a layer without attention stands between two that have one', () => {
  const { lines, step } = aligned(
    MIXERS,
    'norm linear | linearAttention linear norm linear activation linear norm linear | attention linear norm linear | linearAttention linear',
  );
  assert.deepEqual(
    lines.map((line) => line.split(' ')[2]),
    [
      ...['norm', 'mixer.in_proj', 'mixer.scan', 'mixer.out_proj', 'norm', 'mixer.up_proj', 'mixer.act', 'mixer.down_proj'],
      ...['norm', 'mixer.qkv_proj', 'mixer.attn', 'mixer.o_proj', 'norm', 'mixer.in_proj', 'mixer.scan', 'mixer.out_proj'],
    ],
  );
  assert.deepEqual(
    [...new Set(step.fit)].map((fit) => fit.toFixed(2)),
    ['0.85'],
  );
});

test('attention and a mixer in one layer: only the first begins a layer', () => {
  const parallel = modelFrom(
    'ParallelForCausalLM',
    'ParallelLayer',
    `
  layer norm            RMSNorm   norm            ParallelLayer
  layer mamba.in_proj   Linear    linear          Mamba
  layer mamba.scan      -         linearAttention Mamba
  layer mamba.out_proj  RowLinear linear          Mamba
  layer self_attn.qkv   QKVLinear linear          Attention
  layer self_attn.attn  Attention attention       Attention
  layer self_attn.out   RowLinear linear          Attention
`,
  );
  assert.deepEqual(createAligner(parallel)?.attends, [roleIndex('linearAttention')]);
  const { lines } = aligned(
    parallel,
    'norm linear | linearAttention linear linear attention linear norm linear | linearAttention linear linear attention linear',
  );
  assert.deepEqual(lines.slice(2, 7), [
    'linearAttention 0 mamba.scan',
    'linear 0 mamba.out_proj',
    'linear 0 self_attn.qkv',
    'attention 0 self_attn.attn',
    'linear 0 self_attn.out',
  ]);
});

test('stages of a pipeline: the first has no head, the last no embedding, and nothing is missed there', () => {
  const stages = {
    first: aligned(LLAMA, `embedding ${HEAD} | ${TAIL} ${HEAD} | ${TAIL} communication`),
    middle: aligned(LLAMA, `communication ${HEAD} | ${TAIL} ${HEAD} | ${TAIL} communication`),
    last: aligned(LLAMA, `communication ${HEAD} | ${TAIL} ${HEAD} | ${TAIL} norm linear`),
  };
  for (const [name, { step, lines }] of Object.entries(stages)) {
    assert.equal(lines.filter((line) => line.endsWith('self_attn.qkv_proj')).length, 2, name);
    for (const [at, fit] of step.fit.entries()) assert.ok(step.slot[at] < 0 || fit.toFixed(2) === '0.85', `${name}: ${lines[at]} ${fit}`);
  }
  assert.equal(stages.last.lines.at(-1), 'linear -1 logits_processor');
});

test('a model without attention cannot be aligned', () => {
  assert.equal(createAligner(modelFrom('X', 'Layer', 'layer mlp.up Linear linear MLP')), undefined);
});
