import assert from 'node:assert/strict';
import { test } from 'node:test';
import { argsOf, memoryEvent, messageArgs, numberType, opShapes, shapesText } from '../../../src/core/analyze/shapes.js';

test('args of a record, also where C++ wrote no JSON', () => {
  assert.deepEqual(argsOf('{"name": "a", "args": {"x": 1}}'), { x: 1 });
  assert.deepEqual(argsOf('{"args": {"blocks per SM": nan, "y": [-inf, 2], "t": "a: NaN, b"}}'), { 'blocks per SM': null, y: [null, 2], t: 'a: NaN, b' });
  for (const text of ['', '{', '[]', '{"args": 3}', '{"args": null}', '{"args": [1]}', '7']) assert.equal(argsOf(text), undefined, text);
});

test('shapes of inputs; lists of tensors and what is no size have none', () => {
  const shapes = opShapes({ 'Input Dims': [[16, 559], [], [[2, 3], [4]], [-1], 'x'], 'Input type': ['float', 7], 'Concrete Inputs': ['', 'True'] });
  assert.deepEqual(shapes, { dims: [[16, 559], [], [], [], []], types: ['float', ''], concrete: ['', 'True'] });
  assert.equal(shapes && shapesText(shapes), '[16, 559], [], [], [], []');
  assert.equal(opShapes({ 'Input Dims': '[[1]]' }), undefined);
  assert.equal(opShapes({}), undefined);
});

test('memory events say how much, and where', () => {
  const gpu = memoryEvent({ Bytes: -512, 'Total Allocated': 1024, 'Total Reserved': 2048, 'Device Type': 1, 'Device Id': 3 });
  assert.deepEqual(gpu, { bytes: -512, allocatedBytes: 1024, reservedBytes: 2048, onDevice: true, device: 'GPU 3' });
  const cpu = memoryEvent({ Bytes: 8, 'Total Allocated': 'much', 'Device Type': 0, 'Device Id': -1 });
  assert.deepEqual(cpu, { bytes: 8, allocatedBytes: undefined, reservedBytes: undefined, onDevice: false, device: 'CPU' });
  assert.equal(memoryEvent({ Bytes: '8' }), undefined);
});

test('messages of collectives; incomplete ones are none', () => {
  const args = { 'In msg nelems': 10, 'Out msg nelems': 40, 'Group size': 4, dtype: 'BFloat16' };
  assert.deepEqual(messageArgs(args), { inElements: 10, outElements: 40, groupSize: 4, dtype: 'BFloat16' });
  assert.equal(messageArgs({ ...args, dtype: 5 }), undefined);
  assert.equal(messageArgs({ ...args, 'Group size': -4 }), undefined);
});

test('types of numbers by their C++ names', () => {
  const known = ['c10::BFloat16', 'c10::Half', 'float', 'c10::Float8_e4m3fn', 'long int'].map((text) => numberType(text)?.name);
  assert.deepEqual(known, ['bf16', 'fp16', 'fp32', 'fp8', 'int64']);
  assert.deepEqual(['Scalar', '', 'constructor'].map(numberType), [undefined, undefined, undefined]);
});
