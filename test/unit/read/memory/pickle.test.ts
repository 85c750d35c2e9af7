import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readPickle } from '../../../../src/core/read/pickle/pickle.js';
import { NotATrace } from '../../../../src/core/read/sniff.js';
import { le, op, pickle, pickleOf } from '../../../pickle.js';

const ascii = (text: string): number[] => [...new TextEncoder().encode(text)];
const text = (value: string): number[] => [0x8c, value.length, ...ascii(value)];
const refusal = (bytes: Uint8Array): string => {
  try {
    readPickle(bytes);
  } catch (error) {
    if (error instanceof NotATrace) return error.message;
    throw error;
  }
  return 'it was read';
};

describe('a pickle', () => {
  const VALUES: [what: string, written: Uint8Array, read: unknown][] = [
    ['none, true, false', pickle([null, true, false]), [null, true, false]],
    [
      'whole numbers of every size',
      pickle([0, 255, 256, 65535, 65536, -1, -(2 ** 31), 2 ** 40, -(2 ** 40)]),
      [0, 255, 256, 65535, 65536, -1, -(2 ** 31), 2 ** 40, -(2 ** 40)],
    ],
    ['64-bit numbers, exactly', pickle([2n ** 64n - 1n, 2n ** 53n + 1n]), [2n ** 64n - 1n, 2n ** 53n + 1n]],
    ['a number of no bytes', pickleOf(op(0x8a, 0)), 0],
    ['a fraction', pickle(0.1), 0.1],
    ['texts', pickle(['', 'Größe 大', 'x'.repeat(300)]), ['', 'Größe 大', 'x'.repeat(300)]],
    [
      'a dict',
      pickle({ a: 1, b: [2] }),
      new Map<string, unknown>([
        ['a', 1],
        ['b', [2]],
      ]),
    ],
    ['an OrderedDict', pickleOf(text('collections'), text('OrderedDict'), op(0x93), op(0x29), op(0x52), text('k'), op(0x4b, 7), op(0x73)), new Map([['k', 7]])],
    ['what is behind a frame', pickleOf(op(0x95, ...le(2, 8)), op(0x4b, 5)), 5],
    ['a list made with append', pickleOf(op(0x5d), op(0x4b, 1), op(0x61), op(0x4b, 2), op(0x61)), [1, 2]],
  ];
  for (const [what, written, read] of VALUES) it(`holds ${what}`, () => assert.deepEqual(readPickle(written), read));

  it('holds tuples of up to three, and of any size', () => {
    const [one, two] = [op(0x4b, 1), op(0x4b, 2)];
    assert.deepEqual(readPickle(pickleOf(0x28, 0x29, one, 0x85, one, two, 0x86, one, two, one, 0x87, 0x74)), [[], [1], [1, 2], [1, 2, 1]]);
  });

  it('has one object where one was written, and may hold itself', () => {
    const shared = ['x'];
    const read = readPickle(pickle([shared, shared]));
    assert.ok(Array.isArray(read) && read[0] === read[1]);
    const cyclic = readPickle(pickleOf(0x5d, 0x94, op(0x68, 0), 0x61));
    assert.ok(Array.isArray(cyclic) && cyclic[0] === cyclic);
  });
});

describe('a pickle that would run code, or is none', () => {
  const REFUSALS: [what: string, bytes: Uint8Array, says: RegExp][] = [
    [
      'os.system by name',
      pickleOf(op(0x63), ascii('os\nsystem\n'), text('true'), 0x85, 0x52),
      /an object of type os\.system, which is not read because nothing in a pickle is executed/,
    ],
    ['os.system from the stack', pickleOf(text('os'), text('system'), 0x93), /of type os\.system/],
    ['an OrderedDict with arguments', pickleOf(text('collections'), text('OrderedDict'), 0x93, text('x'), 0x85, 0x52), /of type collections\.OrderedDict/],
    ['a class as data', pickleOf(text('collections'), text('OrderedDict'), 0x93), /of type collections\.OrderedDict/],
    ['the call of what is no class', pickleOf(text('x'), 0x29, 0x52), /damaged/],
    ['an instance', pickleOf(0x29, 0x29, 0x81), /an instance of a class/],
    ['state', pickleOf(0x7d, 0x7d, 0x62), /the state of an object/],
    ['a persistent id', pickleOf(text('x'), 0x51), /a persistent object/],
    ['an extension', pickleOf(op(0x82, 1)), /an extension type/],
    ['a number of 255 bytes', pickleOf(op(0x8a, 255), new Array(255).fill(1)), /a whole number of 255 bytes/],
    ['a text longer than the file', pickleOf(op(0x8d, ...le(2n ** 62n, 8))), /ends early/],
    ['an unknown opcode', pickleOf(0xff), /opcode 255/],
    ['nothing remembered', pickleOf(op(0x68, 0)), /damaged/],
    ['a memo with a hole', pickleOf(0x4e, op(0x72, ...le(2 ** 32 - 1, 4))), /damaged/],
    ['two values', pickleOf(0x4e, 0x4e), /damaged/],
    ['no value', pickleOf(), /damaged/],
    ['an open mark', pickleOf(0x28, 0x4e), /damaged/],
    ['a key without value', pickleOf(0x7d, 0x28, 0x4e, 0x75), /damaged/],
    ['items of a list', pickleOf(0x5d, 0x28, 0x4e, 0x4e, 0x75), /damaged/],
    ['something behind its end', Uint8Array.from([...pickleOf(0x4e), 0]), /ends before the file does/],
    ['protocol 0', Uint8Array.from(ascii('I1\n.')), /protocol 2, 3, 4 or 5/],
    ['nothing', new Uint8Array(0), /ends early/],
  ];
  for (const [what, bytes, says] of REFUSALS) it(`is refused: ${what}`, () => assert.match(refusal(bytes), says));

  it('is refused before it fills the memory: lists without end', () => {
    assert.match(refusal(pickleOf(new Array(4_000_001).fill(0x5d))), /more than Kernel Lens reads/);
  });
});

describe('any bytes', () => {
  const sample = pickle({ segments: [{ a: 1, b: [2 ** 40, 'x', null, 1.5] }], again: ['x', 'x'] });
  it('cut short anywhere are refused', () => {
    for (let length = 0; length < sample.length; length++) assert.notEqual(refusal(sample.subarray(0, length)), 'it was read', `${length} bytes`);
  });
  it('changed anywhere are read or refused, nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(sample.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = sample.slice();
        for (const [at, value] of changes) bytes[at] = value;
        refusal(bytes);
      }),
      { numRuns: 3000 },
    );
  });
  it('of opcodes in any order are read or refused, nothing else', () => {
    const opcode = fc.constantFrom(
      ...[0x28, 0x29, 0x30, 0x31, 0x32, 0x4b, 0x4e, 0x52, 0x5d, 0x61, 0x64, 0x65, 0x68, 0x6c, 0x73, 0x74, 0x75, 0x7d, 0x85, 0x86, 0x87, 0x93, 0x94, 0x8c],
    );
    fc.assert(
      fc.property(fc.array(opcode, { maxLength: 60 }), (code) => void refusal(pickleOf(...code))),
      { numRuns: 5000 },
    );
  });
});
