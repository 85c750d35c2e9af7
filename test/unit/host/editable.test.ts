import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editableProject, finderFolders, pthFolders } from '../../../src/host/editable.js';

test('a .pth file names folders; its code is not followed', () => {
  assert.deepEqual(pthFolders('/src/sglang/python\r\nimport __editable___vllm_finder; __editable___vllm_finder.install()\nrelative\n\nC:\\src\\vllm\n'), [
    '/src/sglang/python',
    'C:\\src\\vllm',
  ]);
});

test("setuptools' finder maps packages to folders", () => {
  const finder = "import sys\nMAPPING: dict[str, str] = {'vllm': '/src/vllm/vllm', 'benchmarks': '/src/vllm/benchmarks/'}\nNAMESPACES = {}\n";
  assert.deepEqual(finderFolders(finder), ['/src/vllm', '/src/vllm']);
  assert.deepEqual(finderFolders('nothing'), []);
});

const projects: [string, string | undefined][] = [
  ['{"dir_info": {"editable": true}, "url": "file:///src/vllm"}', 'file:///src/vllm'],
  ['{"dir_info": {}, "url": "file:///tmp/wheel"}', undefined],
  ['{"dir_info": {"editable": true}, "url": "https://example.org/vllm"}', undefined],
  ['', undefined],
];
for (const [text, expected] of projects) test(`direct_url.json ${text}`, () => assert.equal(editableProject(text), expected));
