/**
 * Writes a trace the way Kineto's output_json.cpp does: one record over several lines, operators first, then Python frames,
 * then GPU work with its launches and arrows in completion order, metadata last; times are µs with three decimals.
 * Times given here are whole nanoseconds since the file's base time.
 */

export type Args = Record<string, unknown>;
export type Id = number | string;
export type Section = 'ops' | 'python' | 'device' | 'metadata';

export interface Slice {
  category: string;
  name: string;
  pid: Id;
  tid: Id;
  startNs: number;
  durNs: number;
  args?: Args;
}

export interface Arrow {
  id: number;
  pid: Id;
  tid: Id;
  timeNs: number;
}

export interface TraceWriter {
  /** keeps the place of a slice whose end is not known yet: call what it returns once */
  reserve(section: Section): (slice: Slice) => void;
  slice(section: Section, slice: Slice): void;
  /** an arrow from a launch to its GPU work: category ac2g */
  arrow(phase: 's' | 'f', arrow: Arrow): void;
  /** a `[memory]` record: bytes allocated, or freed when negative */
  memory(pid: Id, tid: Id, timeNs: number, args: Args): void;
  /** a record of phase M */
  metadata(name: string, pid: Id, tid: Id, args: Args): void;
  /** the whole file; `head` has the keys beside traceEvents */
  finish(head: Args, span: { startNs: number; endNs: number }): string;
}

/** Nanoseconds as Kineto prints them: "3676599926233.705". */
export function microseconds(ns: number): string {
  return `${Math.floor(ns / 1000)}.${String(ns % 1000).padStart(3, '0')}`;
}

function argsText(args: Args): string {
  const entries = Object.entries(args).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `,\n    "args": {\n      ${entries.join(', ')}\n    }`;
}

function place(pid: Id, tid: Id): string {
  return `"pid": ${JSON.stringify(pid)}, "tid": ${JSON.stringify(tid)}`;
}

function sliceText({ category, name, pid, tid, startNs, durNs, args }: Slice): string {
  const head = `"ph": "X", "cat": "${category}", "name": ${JSON.stringify(name)}, ${place(pid, tid)}`;
  return `{\n    ${head},\n    "ts": ${microseconds(startNs)}, "dur": ${microseconds(durNs)}${args ? argsText(args) : ''}\n  }`;
}

export function createTraceWriter(): TraceWriter {
  const sections: Record<Section, string[]> = { ops: [], python: [], device: [], metadata: [] };
  const metadata: TraceWriter['metadata'] = (name, pid, tid, args) => {
    sections.metadata.push(`{\n    "name": "${name}", "ph": "M", "ts": @start@, ${place(pid, tid)}${argsText(args)}\n  }`);
  };
  return {
    reserve(section) {
      const index = sections[section].push('') - 1;
      return (slice) => {
        sections[section][index] = sliceText(slice);
      };
    },
    slice: (section, slice) => void sections[section].push(sliceText(slice)),
    arrow(phase, { id, pid, tid, timeNs }) {
      const bind = phase === 'f' ? ', "bp": "e"' : '';
      const head = `"ph": "${phase}", "id": ${id}, ${place(pid, tid)}, "ts": ${microseconds(timeNs)}`;
      sections.device.push(`{\n    ${head},\n    "cat": "ac2g", "name": "ac2g"${bind}\n  }`);
    },
    memory(pid, tid, timeNs, args) {
      const head = `"ph": "i", "cat": "cpu_instant_event", "s": "t", "name": "[memory]",\n    ${place(pid, tid)},\n    "ts": ${microseconds(timeNs)}`;
      sections.ops.push(`{\n    ${head}${argsText(args)}\n  }`);
    },
    metadata,
    finish(head, { startNs, endNs }) {
      const start = microseconds(startNs);
      sections.metadata.push(
        sliceText({
          category: 'Trace',
          name: 'PyTorch Profiler (0)',
          pid: 'Spans',
          tid: 'PyTorch Profiler',
          startNs,
          durNs: endNs - startNs,
          args: { 'Op count': 0 },
        }),
      );
      metadata('process_sort_index', 'Spans', 0, { sort_index: 536870912 });
      sections.metadata.push(
        `{\n    "name": "Iteration Start: PyTorch Profiler", "ph": "i", "s": "g",\n    "pid": "Traces", "tid": "Trace PyTorch Profiler", "ts": ${start}\n  }`,
      );
      sections.metadata.push(`{\n    "name": "Record Window End", "ph": "i", "s": "g",\n    "pid": "", "tid": "", "ts": ${microseconds(endNs)}\n  }`);
      const events = [...sections.ops, ...sections.python, ...sections.device, ...sections.metadata].join(',\n  ').replaceAll('@start@', start);
      const keys = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`);
      return `{\n  "schemaVersion": 1,\n${keys.join('')}  "traceEvents": [\n  ${events}\n  ],\n  "traceName": "/tmp/tmpsample.json",\n  "displayTimeUnit": "ms"\n}\n`;
    },
  };
}
