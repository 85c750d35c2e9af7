import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hitAt, hitTicks, type SearchFacts, search } from '../../../src/core/trace/search.js';
import { draw } from '../../draw.js';

const TRACE = draw(
  `
  cpu          |PPPPPPPPPPPPPPPPPPPPPPPPPP
               | OOOOOOOO  OOOO
               |  LL LL     LL
  cpu2         |      W
  gpu0 stream7 |     AAAA   BBBBBBBB
  gpu1 stream9 |        CCCC    M
`,
  {
    columnNs: 1000,
    legend: {
      P: { name: 'vllm/worker.py(12): execute_model', category: 'python_function' },
      O: 'aten::mm',
      W: 'all reduce',
      A: 'sm90_xmma_gemm_bf16',
      B: 'flash_fwd_kernel',
      C: 'ncclDevKernel_AllReduce',
      M: { name: 'Memcpy HtoD', category: 'gpu_memcpy' },
    },
  },
);

const CATEGORY: Record<string, string> = { sm90_xmma_gemm_bf16: 'gemm', flash_fwd_kernel: 'attention', ncclDevKernel_AllReduce: 'communication' };
const kernelCategory = (name: number): string => CATEGORY[TRACE.strings.get(name)] ?? 'other';

/** A and C are in step 0, B is in step 1, nobody has linked anything to a model. */
const facts: SearchFacts = {
  kernelCategory,
  placeTest: (field, value) => (field === 'step' ? (slice) => (letterOf(slice) === 'f' ? '1' : '0') === value : 'not linked'),
};
const letterOf = (slice: number): string => TRACE.strings.get(TRACE.slices.name[slice])[0];

function find(query: string) {
  const hits = search(TRACE, query, facts);
  if (typeof hits === 'string') assert.fail(hits);
  return hits;
}

/** First letters of the hits' names in time order. */
function letters(query: string): string {
  return Array.from(find(query).byTime(), (slice) => TRACE.strings.get(TRACE.slices.name[slice])[0]).join('');
}

describe('a query', () => {
  const CASES: [string, string][] = [
    ['', ''],
    ['gemm', 's'],
    ['GEMM', 's'],
    ['aten::mm', 'aa'],
    ['kernel', 'ccnfc'],
    ['kernel cuda', 'ccc'],
    ['kernel -cuda', 'nf'],
    ['"all reduce"', 'a'],
    ['"all red', 'a'],
    ['/^flash|^nccl/', 'nf'],
    ['/^FLASH/', ''],
    ['/^FLASH/i', 'f'],
    ['/worker\\.py\\(\\d+\\)/', 'v'],
    ['name:flash', 'f'],
    ['step:0', 'snM'],
    ['step:1', 'f'],
    ['step:1 cat:kernel', 'f'],
    ['-step:0 kernel', 'ccfc'],
    ['name:="aten::mm"', 'aa'],
    ['name:="aten"', ''],
    ['name:"all reduce"', 'a'],
    ['cat:kernel', 'snf'],
    ['cat:gemm', 's'],
    ['-cat:gemm cat:kernel', 'nf'],
    ['cat:gemm,attention', 'sf'],
    ['-cat:gemm,attention cat:kernel', 'n'],
    ['cat:cuda_runtime', 'ccc'],
    ['cat:launch', 'ccc'],
    ['cat:python', 'v'],
    ['cat:memcpy', 'M'],
    ['stream:7', 'sf'],
    ['-stream:7 cat:kernel', 'n'],
    ['device:1', 'nM'],
    ['thread:2', 'a'],
    ['dur>8us', 'v'],
    ['dur>=8us', 'vaf'],
    ['dur<2us', 'aM'],
    ['dur<=2000ns -cat:launch', 'aM'],
    ['dur=0.008ms', 'af'],
    ['dur>4us dur<9us cat:kernel', 'f'],
    ['  gemm   stream:7 ', 's'],
    ['nothing_like_this', ''],
  ];
  for (const [query, expected] of CASES) {
    it(`${query || '(empty)'} finds ${expected || 'nothing'}`, () => assert.equal(letters(query), expected));
  }

  it('of one negation finds all the rest', () => assert.equal(find('-gemm').slices.length, TRACE.slices.count - 1));

  const ERRORS: [string, RegExp][] = [
    ['/(/', /not a regular expression.*Unterminated group/],
    ['/(a+)+$/', /for ever/],
    ['/(a|b)*c/', /for ever/],
    ['/((ab)+c)*/', /for ever/],
    ['/(x{2,})+/', /for ever/],
    ['dur>100', /a number and ns, us, ms or s/],
    ['dur>fast', /needs a duration such as 100us/],
    ['cat:', /needs a value, for example cat:kernel/],
    ['stream:', /needs a value, for example stream:7/],
    ['slot:', /needs a value, for example slot:self_attn.qkv_proj/],
    ['slot:mlp', /not linked/],
  ];
  for (const [query, expected] of ERRORS) it(`${query} says what is wrong`, () => assert.match(String(search(TRACE, query, facts)), expected));

  const ALLOWED = ['/(gemm|attn)_v2/', '/[(]+/', '/\\(a+\\)+/', '/(abc)+/', '/.*gemm.*bf16.*/', '/a{2}b{3,}/'];
  it('that is long and unfinished is understood at once', () => void find(`/${'[a-z]'.repeat(5000)}`));

  for (const query of ALLOWED) it(`${query} may be used`, () => void find(query));
});

describe('hits', () => {
  it('have totals', () => {
    const { names, totalNs, slices } = find('kernel');
    assert.deepEqual([slices.length, names, totalNs], [5, 3, 18_000]);
    assert.deepEqual(
      [...slices],
      [...slices].sort((a, b) => a - b),
    );
  });

  it('are found by time', () => {
    const hits = find('cat:launch');
    assert.deepEqual(
      [0, 2000, 2001, 5000, 99_000].map((timeNs) => hitAt(TRACE, hits, timeNs)),
      [0, 0, 1, 1, 3],
    );
  });

  it('are counted per bin by their start', () => {
    assert.deepEqual([...hitTicks(TRACE, find('cat:launch'), { startNs: 0, endNs: 16_000 }, 4)], [1, 1, 0, 1]);
    assert.deepEqual([...hitTicks(TRACE, find('cat:launch'), { startNs: 3000, endNs: 6000 }, 1)], [1]);
  });
});
