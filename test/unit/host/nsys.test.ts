import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Failure, isOlder, lastLine, nsysCandidates, programVersion, refusal, reportOf } from '../../../src/node/nsys.js';

test('a report says which release wrote it', () => {
  const cases: [head: string, version: number[] | undefined | 'no report'][] = [
    ['NVIDIA Tegra Profiler Report 2025@6@3@541-256337736014v0.\n\x0bLocal (CLI)', [2025, 6, 3]],
    ['NVIDIA Tegra Profiler Report 2026@10@1@9-1v0.', [2026, 10, 1]],
    ['NVIDIA Tegra Profiler Report of another kind', undefined],
    ['SQLite format 3\0', 'no report'],
    ['version https://git-lfs.github.com/spec/v1', 'no report'],
    [' NVIDIA Tegra Profiler Report 2025@6@3@541-256337736014v0.', 'no report'],
  ];
  for (const [head, version] of cases) {
    const report = reportOf(head);
    assert.deepEqual(report ? report.version : 'no report', version, head);
  }
});

test('nsys says which release it is', () => {
  const cases: [printed: string, version: number[] | undefined][] = [
    ['NVIDIA Nsight Systems version 2024.6.2.225-246235244400v0\n', [2024, 6, 2]],
    ['NVIDIA Nsight Systems version 2020.5.1.85-5ee086b', [2020, 5, 1]],
    ['NVIDIA Nsight Systems version 2025.2', [2025, 2, 0]],
    ['nsys: no such file', undefined],
  ];
  for (const [printed, version] of cases) assert.deepEqual(programVersion(printed), version, printed);
});

test('releases are compared number by number', () => {
  const cases: [version: number[], than: number[], older: boolean][] = [
    [[2024, 6, 2], [2025, 1, 1], true],
    [[2025, 2, 1], [2025, 10, 1], true],
    [[2025, 6, 2], [2025, 6, 3], true],
    [[2025, 6, 3], [2025, 6, 3], false],
    [[2025, 7, 0], [2025, 6, 3], false],
    [[2026, 1, 1], [2025, 6, 3], false],
  ];
  for (const [version, than, older] of cases) assert.equal(isOlder(version, than), older, `${version} than ${than}`);
});

describe('nsys is looked for', () => {
  const folders: Record<string, string[]> = {
    '/opt/nvidia/nsight-systems': ['2024.6.2', '2025.10.1', '2025.6.3', 'docs'],
    '/usr/local': ['bin', 'cuda', 'cuda-12.8', 'cuda-13.2'],
    'C:\\Program Files\\NVIDIA Corporation': ['Nsight Systems 2024.5.1', 'Nsight Systems 2025.6.3', 'NvContainer'],
    '/Applications': ['Safari.app', 'NVIDIA Nsight Systems.app'],
  };
  const list = (folder: string): string[] => folders[folder] ?? [];

  test('on the PATH first, then in the newest installation; never in a relative folder', () => {
    assert.deepEqual(nsysCandidates({ platform: 'linux', path: '/home/me/bin:.::bin:/tools:/tools', list }), [
      '/home/me/bin/nsys',
      '/tools/nsys',
      '/opt/nvidia/nsight-systems/2025.10.1/bin/nsys',
      '/opt/nvidia/nsight-systems/2025.10.1/target-linux-x64/nsys',
      '/opt/nvidia/nsight-systems/2025.6.3/bin/nsys',
      '/opt/nvidia/nsight-systems/2025.6.3/target-linux-x64/nsys',
      '/opt/nvidia/nsight-systems/2024.6.2/bin/nsys',
      '/opt/nvidia/nsight-systems/2024.6.2/target-linux-x64/nsys',
      '/usr/local/cuda-13.2/bin/nsys',
      '/usr/local/cuda-12.8/bin/nsys',
      '/usr/local/cuda/bin/nsys',
    ]);
  });

  test('where each system has it', () => {
    assert.deepEqual(nsysCandidates({ platform: 'win32', path: 'D:\\tools;here', list }), [
      'D:\\tools\\nsys.exe',
      'C:\\Program Files\\NVIDIA Corporation\\Nsight Systems 2025.6.3\\target-windows-x64\\nsys.exe',
      'C:\\Program Files\\NVIDIA Corporation\\Nsight Systems 2024.5.1\\target-windows-x64\\nsys.exe',
    ]);
    assert.deepEqual(nsysCandidates({ platform: 'darwin', path: '', list }), ['/Applications/NVIDIA Nsight Systems.app/Contents/MacOS/nsys']);
    assert.deepEqual(nsysCandidates({ platform: 'freebsd', path: '/bin', list }), ['/bin/nsys']);
  });
});

test('each failure says what to do', () => {
  const command = 'nsys export --type sqlite run.nsys-rep';
  const needed = "run.nsys-rep is a report of Nsight Systems, which only NVIDIA's nsys can read";
  const elsewhere = `On a machine that has it, run \`${command}\` and open the .sqlite that it writes.`;
  const byHand = `To try it by hand, run \`${command}\` and open the .sqlite that it writes.`;
  const cases: [failure: Failure, title: string, message: string][] = [
    [
      { kind: 'untrusted' },
      'Nothing is run in a workspace that is not trusted',
      `${needed}, and in a workspace that is not trusted Kernel Lens starts no program. Trust it (Workspaces: Manage Workspace Trust) and open the report again. ${byHand}`,
    ],
    [
      { kind: 'notFound' },
      'nsys was not found',
      `${needed}. It is neither on the PATH nor where its installers put it; the option --nsys can say where it is. ${elsewhere}`,
    ],
    [
      { kind: 'notAProgram', program: '/x/nsys' },
      'nsys was not found',
      `${needed}, and the option --nsys names /x/nsys, which is no program that can be run here. ${elsewhere}`,
    ],
    [
      { kind: 'tooOld', program: '/x/nsys', version: [2024, 6, 2], needs: [2025, 6, 3] },
      'nsys is older than the report',
      `run.nsys-rep was written by Nsight Systems 2025.6.3; the nsys found is 2024.6.2 (/x/nsys) and cannot read it. Install 2025.6.3 or newer, or name it in the option --nsys. ${elsewhere}`,
    ],
    [
      { kind: 'failed', program: '/x/nsys', lastLine: 'Error: no space left' },
      'nsys could not convert the report',
      `/x/nsys ended with an error: Error: no space left. ${byHand}`,
    ],
    [
      { kind: 'wroteNothing', program: '/x/nsys', lastLine: '' },
      'nsys could not convert the report',
      `/x/nsys reported success and wrote no database: it printed nothing. ${byHand}`,
    ],
    [{ kind: 'cancelled' }, 'Converting was cancelled', `nsys was stopped before run.nsys-rep was converted. Open it again to start anew. ${byHand}`],
  ];
  for (const [failure, title, message] of cases) {
    const told = refusal(failure, '/traces/run.nsys-rep', 'the option --nsys');
    assert.deepEqual([told.title, told.message], [title, message]);
  }
});

test('the command in a message can be pasted, whatever the file is called', () => {
  const cases: [name: string, word: string][] = [
    ['a b.nsys-rep', "'./a b.nsys-rep'"],
    ['$(touch x).nsys-rep', "'./$(touch x).nsys-rep'"],
    ["it's.nsys-rep", "'./it'\\''s.nsys-rep'"],
    ['--help.nsys-rep', "'./--help.nsys-rep'"],
  ];
  for (const [name, word] of cases) assert.ok(refusal({ kind: 'notFound' }, name, '').message.includes(`sqlite ${word}\``), name);
});

test('of what a program printed, the line that tells what went wrong', () => {
  const cases: [printed: string, line: string][] = [
    ['', ''],
    ['Processing [=== 30%]\rProcessing [====== 60%]\n', 'Processing [====== 60%]'],
    ['Error: the file is damaged\nGenerated nothing\n\n', 'Error: the file is damaged'],
    ['\x1b[31mERROR: Cannot open\x07\x1b[0m\r\n', 'ERROR: Cannot open'],
    ['x'.repeat(1000), 'x'.repeat(300)],
  ];
  for (const [printed, line] of cases) assert.equal(lastLine(printed), line);
});
