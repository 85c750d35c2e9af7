import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { area, cellSummary } from '../../../src/core/trace/area.js';
import { createBuilder } from '../../../src/core/trace/builder.js';
import { NONE, type Trace } from '../../../src/core/trace/trace.js';
import {
  above,
  ancestorsOf,
  below,
  causesOf,
  childrenOf,
  launchedBy,
  neighbourOf,
  parentOf,
  sameNameByDuration,
  sameNameInTime,
  selfNs,
} from '../../../src/core/trace/walk.js';
import { draw, sliceNamed } from '../../draw.js';

const TRACE = draw(
  `
  cpu     |PPPPPPPPPPPPPPPPPPPP  Q
          | OOOOOOOOO  RRRR
          |  LL  GG     O
  stream7 |     AAA  BBBB  A
          |      X
`,
  { launchedBy: [0, 1, 1, -1] },
);

const at = (name: string, nth = 0): number => sliceNamed(TRACE, name, nth);
const name = (slice: number): string => (slice === NONE ? 'none' : TRACE.strings.get(TRACE.slices.name[slice]));
const names = (slices: Iterable<number>): string => Array.from(slices, name).join(' ');

describe('nesting', () => {
  it('is found upwards', () => {
    assert.equal(name(parentOf(TRACE, at('cudaLaunchKernel'))), 'O');
    assert.equal(names(ancestorsOf(TRACE, at('cudaGraphLaunch'))), 'P O');
    assert.equal(parentOf(TRACE, at('P')), NONE);
    assert.equal(parentOf(TRACE, at('Q')), NONE);
  });

  it('is found downwards', () => {
    const children = (slice: number): string => {
      const { first, count } = childrenOf(TRACE, slice);
      return names(Array.from({ length: count }, (_, i) => first + i));
    };
    assert.equal(children(at('P')), 'O R');
    assert.equal(children(at('O')), 'cudaLaunchKernel cudaGraphLaunch');
    assert.equal(children(at('Q')), '');
  });

  it('leaves self time', () => {
    assert.deepEqual([selfNs(TRACE, at('P')), selfNs(TRACE, at('O')), selfNs(TRACE, at('Q'))], [20 - 9 - 4, 9 - 4, 1]);
  });

  it('does not exist on streams', () => {
    assert.deepEqual([parentOf(TRACE, at('X')), childrenOf(TRACE, at('A')).count, selfNs(TRACE, at('A'))], [NONE, 0, undefined]);
  });

  it('agrees with itself on any thread', () => {
    const slices = fc.array(fc.record({ startNs: fc.nat(60), durNs: fc.nat(30) }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(slices, (pushed) => {
        const builder = createBuilder();
        const track = builder.track({ process: '1', thread: '1', domain: 'cpu' });
        for (const { startNs, durNs } of pushed) builder.slice(track, builder.string('s'), builder.category(''), startNs, durNs, NONE, NONE, 0, 0, 0);
        const trace: Trace = builder.finish({ format: '', producer: '', devices: [], facts: [], events: 0, textBytes: 0 }, { baseNs: 0n });
        for (let slice = 0; slice < trace.slices.count; slice++) {
          const { first, count } = childrenOf(trace, slice);
          for (let child = first; child < first + count; child++) assert.equal(parentOf(trace, child), slice);
          const parent = parentOf(trace, slice);
          if (parent !== NONE) assert.ok(trace.slices.startNs[parent] <= trace.slices.startNs[slice], 'a parent begins later');
        }
      }),
    );
  });
});

describe('steps to neighbours', () => {
  const CASES: [string, () => number, string][] = [
    ['next on the row', () => neighbourOf(TRACE, at('A'), 1), 'B'],
    ['previous on the row', () => neighbourOf(TRACE, at('B'), -1), 'A'],
    ['next at the end of a row', () => neighbourOf(TRACE, at('Q'), 1), 'none'],
    ['previous at the start of a row', () => neighbourOf(TRACE, at('P'), -1), 'none'],
    ['below is the first child', () => below(TRACE, at('P')), 'O'],
    ['above is the parent', () => above(TRACE, at('O', 1)), 'R'],
    ['below without children is the nearest of the row below', () => below(TRACE, at('Q')), 'R'],
    ['below on a stream is the next lane', () => below(TRACE, at('A')), 'X'],
    ['below the last lane is the next track', () => below(TRACE, at('X')), 'P'],
    ['above the first row is the track before', () => above(TRACE, at('P')), 'X'],
    ['above the first track is nothing', () => above(TRACE, at('A')), 'none'],
  ];
  for (const [what, step, expected] of CASES) it(what, () => assert.equal(name(step()), expected));

  it('of the same name go by time', () => {
    const [first, second] = [at('A'), at('A', 1)];
    assert.deepEqual([sameNameInTime(TRACE, first, 1), sameNameInTime(TRACE, second, -1), sameNameInTime(TRACE, second, 1)], [second, first, NONE]);
  });

  it('of the same name go by duration, and visit every one of equal length', () => {
    const trace = draw('cpu |AA A AA AAA');
    const visited: number[] = [];
    for (let slice = 1; slice !== NONE; slice = sameNameByDuration(trace, slice, 1)) visited.push(slice);
    assert.deepEqual(visited, [1, 0, 2, 3]);
    assert.deepEqual([sameNameByDuration(trace, 3, -1), sameNameByDuration(trace, 1, -1)], [2, NONE]);
  });
});

describe('causes', () => {
  it('run from the outermost frame over the launch to the kernel', () => {
    assert.equal(names(causesOf(TRACE, at('B'))), 'P O cudaGraphLaunch B');
    assert.equal(names(causesOf(TRACE, at('A'))), 'P O cudaLaunchKernel A');
  });

  it('of a kernel whose launch was not recorded are unknown', () => assert.equal(names(causesOf(TRACE, at('A', 1))), 'A'));

  it('lead back from a launch to its kernels', () => {
    assert.equal(names(launchedBy(TRACE, at('cudaGraphLaunch'))), 'X B');
    assert.equal(names(launchedBy(TRACE, at('P'))), '');
  });
});

describe('an area', () => {
  const rows = (tracks: number[], startNs: number, endNs: number): string[] =>
    area(TRACE, tracks, { startNs, endNs }).map(
      ({ nameId, kind, count, totalNs, minNs, maxNs }) => `${TRACE.strings.get(nameId)} ${kind} ${count}: ${totalNs}, ${minNs}–${maxNs}`,
    );

  it('counts whole slices that touch it, by name', () => {
    assert.deepEqual(rows([0], 6, 11), ['B kernel 1: 4, 4–4', 'A kernel 1: 3, 3–3', 'X kernel 1: 1, 1–1']);
    assert.deepEqual(rows([0], 0, 99), ['A kernel 2: 4, 1–3', 'B kernel 1: 4, 4–4', 'X kernel 1: 1, 1–1']);
  });

  it('leaves out what only meets its edge', () => assert.deepEqual(rows([0], 8, 10), []));

  it('of a merged cell sums its slices', () => {
    assert.deepEqual(cellSummary(TRACE, at('A'), 3, 1), { count: 3, coveredNs: 8, names: [{ name: 'A', count: 2, totalNs: 4 }] });
  });
});
