import { deepEqual } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lineAfter, lineEdit } from '../../../src/host/lineShift.js';

/** "2:0-3:4" are line 2's start to line 3's fifth letter, lines from 1. */
function edit(range: string, text: string) {
  const [start, end = start] = range.split('-').map((place) => {
    const [line, character] = place.split(':').map(Number);
    return { line: line! - 1, character: character! };
  });
  return lineEdit({ range: { start: start!, end: end! }, text });
}

/** Where lines 1 … 5 are afterwards, "-" for one that was changed. */
const after = (...edits: [string, string][]): string =>
  [1, 2, 3, 4, 5]
    .map(
      (line) =>
        lineAfter(
          line,
          edits.map(([range, text]) => edit(range, text)),
        ) ?? '-',
    )
    .join(' ');

describe('lines after an edit', () => {
  for (const [what, edits, expected] of [
    ['nothing', [], '1 2 3 4 5'],
    ['a word in line 3', [['3:4-3:8', 'other']], '1 2 - 4 5'],
    ['a line before line 3', [['3:0', '# new\n']], '1 2 4 5 6'],
    ['a line after line 3, as Enter at its end does', [['3:20', '\n    ']], '1 2 3 5 6'],
    ['line breaks of Windows', [['3:20', '\r\n\r\n']], '1 2 3 6 7'],
    ['line 3 deleted', [['3:0-4:0', '']], '1 2 - 3 4'],
    ['the end of line 2 and line 3 deleted', [['2:5-3:9', '']], '1 - - 3 4'],
    ['lines 2 and 3 joined', [['2:9-3:0', '']], '1 - - 3 4'],
    ['lines 2 to 4 replaced by one', [['2:0-5:0', 'x\n']], '1 - - - 3'],
    [
      'two edits, the lower first as VS Code tells them',
      [
        ['4:0', '\n'],
        ['2:0', '\n\n'],
      ],
      '1 4 5 7 8',
    ],
    [
      'an edit and its undoing',
      [
        ['3:0', 'x\n'],
        ['3:0-4:0', ''],
      ],
      '1 2 3 4 5',
    ],
  ] as [string, [string, string][], string][]) {
    test(what, () => deepEqual(after(...edits), expected));
  }
});
