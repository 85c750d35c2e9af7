/** `locate`: kernels linked to the lines of model code that caused them. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type KernelPlace, kernelPlaces } from '../core/source/kernelPlaces.js';
import { fixed, plural } from '../shared/format.js';
import { EVIDENCE, EVIDENCE_TEXT, type LinkReport, type ModuleCost } from '../shared/model.js';
import type { Phase } from '../shared/protocol.js';
import { csvLine } from './csv.js';
import { type Located, linkOpened } from './link.js';
import { Unreadable } from './open.js';
import { type Column, printable, tableLines } from './text.js';
import { documents, SCHEMA, traceJson } from './traceJson.js';
import type { Options, Verb } from './verb.js';

export const locateVerb: Verb = {
  name: 'locate',
  summary: 'Kernels linked to the lines of model code that caused them.',
  formats: ['json', 'csv'],
  options: {
    source: '<folder>     the folder that holds vllm/ or sglang/',
    arch: '<name>         the model that ran, where the recording does not name it: Qwen3ForCausalLM',
    capture: '<trace>     a recording of the same run while its graphs were captured',
    artifacts: '<folder>  what torch.compile wrote: torch_compile_cache, or one of its folders',
    'gpu-events': '       with --csv, one row for every kernel call',
  },
  async lines(traces, format, width, options) {
    const root = sourceRoot(options.source);
    if (options.artifacts !== undefined && !existsSync(options.artifacts)) throw new Unreadable(`${options.artifacts}: there is no such folder`);
    if (options['gpu-events'] && format !== 'csv') throw new Unreadable('--gpu-events lists every kernel call as CSV: add --csv');
    const all: Located[] = [];
    for (const opened of traces) all.push(await linkOpened(opened, root, options));
    if (format === 'json') return documents(all.map(json));
    if (format === 'csv') return options['gpu-events'] ? eventLines(all) : kernelLines(all);
    return all.flatMap((located, index) => [...(index === 0 ? [] : ['']), ...text(located, width)]);
  },
};

/** The folder that holds the package; people also give the package itself, or SGLang's checkout. */
function sourceRoot(source: Options['source']): string {
  if (source === undefined) throw new Unreadable('locate needs the source of the model: --source <the folder that holds vllm/ or sglang/>');
  const choices = [source, path.join(source, 'python'), path.join(source, '..')];
  const root = choices.find((folder) => ['vllm', 'sglang'].some((name) => existsSync(path.join(folder, name, '__init__.py'))));
  if (root === undefined) throw new Unreadable(`${source}: there is no package vllm or sglang in it; give the folder that holds one`);
  return path.resolve(root);
}

function json(located: Located): object {
  const { opened, linked } = located;
  const { report } = linked;
  return {
    schema: SCHEMA,
    trace: traceJson(opened),
    source: { root: report.root, version: report.version, lineMatch: report.lineMatch ?? null },
    architecture: report.architecture,
    steps: opened.analyses.steps().report.steps.length,
    layersPerStep: report.layersPerStep,
    coverage: { byEvidence: Object.fromEntries(Object.entries(report.coverage).map(([evidence, percent]) => [evidence, Number(percent.toFixed(4))])) },
    kernels: placesOf(located).map((row) => ({ ...kernelRow(located, row), kernelSource: linked.definedAt(row.nameId) ?? null })),
    modules: report.modules.map(({ label, path: module, className, totalNs, phases, parent }) => ({ label, module, className, parent, totalNs, phases })),
    warnings: report.warnings,
  };
}

function placesOf({ opened, linked }: Located): KernelPlace[] {
  return kernelPlaces(opened.trace, opened.analyses.gpu().kernels, linked.placement, linked.linkOf);
}

function kernelRow({ opened }: Located, { nameId, target, calledFrom, evidence, confidence, totalNs, count: calls }: KernelPlace) {
  return {
    name: opened.trace.strings.get(nameId),
    slot: target.slot?.path ?? null,
    module: target.path,
    path: calledFrom?.file ?? null,
    line: calledFrom?.line ?? null,
    symbol: calledFrom?.symbol ?? null,
    evidence,
    confidence: Number(confidence.toFixed(3)),
    totalNs,
    count: calls,
  };
}

/** Several traces get their path as a first column. */
function* kernelLines(all: readonly Located[]): Generator<string> {
  const fields = ['name', 'slot', 'module', 'path', 'line', 'symbol', 'evidence', 'confidence', 'totalNs', 'count'] as const;
  yield csvLine(all.length > 1 ? ['trace', ...fields] : fields);
  for (const located of all) {
    for (const place of placesOf(located)) {
      const row = kernelRow(located, place);
      const cells = fields.map((field) => row[field] ?? undefined);
      yield csvLine(all.length > 1 ? [located.opened.path, ...cells] : cells);
    }
  }
}

const EVENT_FIELDS = ['startNs', 'durationNs', 'name', 'step', 'phase', 'layer', 'slot', 'module', 'path', 'line', 'symbol', 'evidence', 'confidence'];

function* eventLines(all: readonly Located[]): Generator<string> {
  yield csvLine(all.length > 1 ? ['trace', ...EVENT_FIELDS] : EVENT_FIELDS);
  for (const { opened, linked } of all) {
    const { slices, strings } = opened.trace;
    const { report, stepOf } = opened.analyses.steps();
    const { targets, targetOf } = linked.placement;
    for (const kernel of opened.analyses.gpu().kernels) {
      const { layer, calledFrom, evidence, confidence } = linked.linkOf(kernel);
      const target = targets[targetOf[kernel]];
      const step = report.steps[stepOf[kernel]];
      const cells = [slices.startNs[kernel], slices.durNs[kernel], strings.get(slices.name[kernel]), step?.index, step?.phase, layer < 0 ? undefined : layer];
      cells.push(target.slot?.path, target.path, calledFrom?.file, calledFrom?.line, calledFrom?.symbol, evidence, Number(confidence.toFixed(3)));
      yield csvLine(all.length > 1 ? [opened.path, ...cells] : cells);
    }
  }
}

function text(located: Located, width: number): string[] {
  const { opened, linked } = located;
  const { report } = linked;
  const facts = [
    report.architecture,
    `${report.root}${report.version === '' ? '' : ` (${report.version})`}`,
    report.lineMatch === undefined ? '' : `${fixed(100 * report.lineMatch, 0)} % of the recorded frame lines match`,
    layersText(report.layersPerStep),
  ];
  return [
    printable(opened.path),
    facts.filter(Boolean).map(printable).join(' · '),
    ...report.warnings.map(printable),
    '',
    ...coverageLines(report, width),
    '',
    ...moduleLines(report, width),
  ];
}

function layersText(layers: readonly number[]): string {
  const numbers = [...new Set(layers)];
  if (numbers.length === 0) return '';
  return `${plural(layers.length, 'step')} with ${numbers.length === 1 ? plural(numbers[0], 'layer') : `${Math.min(...numbers)} to ${Math.max(...numbers)} layers`}`;
}

function coverageLines({ coverage }: LinkReport, width: number): string[] {
  const rows = EVIDENCE.flatMap((evidence) => (coverage[evidence] === undefined ? [] : [[EVIDENCE_TEXT[evidence], fixed(coverage[evidence], 1)]]));
  return tableLines(
    [
      { head: 'Linked by', align: 'left' },
      { head: '% of GPU time', align: 'right' },
    ],
    rows,
    width,
  );
}

function moduleLines({ modules }: LinkReport, width: number): string[] {
  const phases = (['prefill', 'mixed', 'decode', 'unknown'] as const).filter((phase) =>
    modules.some((module) => module.phases.some((one) => one.phase === phase)),
  );
  const allNs = modules.reduce((sum, { parent, totalNs }) => (parent < 0 ? sum + totalNs : sum), 0);
  const columns: Column[] = [
    { head: 'Module', align: 'left', shrinks: true },
    { head: 'Total ms', align: 'right' },
    { head: '%', align: 'right' },
    ...phases.flatMap((phase): Column[] => [
      { head: `${phase[0].toUpperCase()}${phase.slice(1)} ms/step`, align: 'right' },
      { head: 'µs/layer', align: 'right' },
    ]),
    { head: 'Line', align: 'left' },
  ];
  const rows: string[][] = [];
  const add = (parent: number, depth: number): void => {
    for (const module of modules.filter((one) => one.parent === parent)) {
      rows.push([
        printable(`${'  '.repeat(depth)}${[module.label, module.className === module.label ? '' : module.className].filter(Boolean).join(' ')}`),
        fixed(module.totalNs / 1e6, 3),
        fixed(allNs > 0 ? (100 * module.totalNs) / allNs : 0, 1),
        ...phases.flatMap((phase) => phaseCells(module, phase)),
        module.place === undefined ? '' : printable(`${path.posix.basename(module.place.file)}:${module.place.line}`),
      ]);
      add(module.id, depth + 1);
    }
  };
  add(-1, 0);
  rows.push(['Kernel time', fixed(allNs / 1e6, 3), fixed(100, 1), ...phases.flatMap(() => ['', '']), '']);
  return tableLines(columns, rows, width);
}

function phaseCells({ phases }: ModuleCost, phase: Phase): string[] {
  const cost = phases.find((one) => one.phase === phase);
  if (cost === undefined) return ['', ''];
  const perStepNs = cost.ns / Math.max(cost.steps, 1);
  return [fixed(perStepNs / 1e6, 3), cost.layers === 0 ? '' : fixed(perStepNs / 1e3 / cost.layers, 2)];
}
