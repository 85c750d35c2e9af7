/** The Operators tab: framework ops as torch's key_averages counts them, flame views of a thread, and the roofline. */
import type { OperatorRow, OperatorsReport } from '../../../src/shared/analysis.js';
import { bytes, count, duration, fixed, plural } from '../../../src/shared/format.js';
import type { App } from '../../app.js';
import { progressRing } from '../../ui.js';
import type { Column } from '../column.js';
import { box, span } from '../dom.js';
import { MS } from '../numbers.js';
import { flameSection } from './flame.js';
import { reportTab } from './reportTab.js';
import { rooflineSection } from './roofline.js';
import { sections, tableSection } from './section.js';

/** Above this ratio of CPU to device time an op costs more to dispatch than to run. */
const DISPATCH_HEAVY = 5;

export const operatorsTab = reportTab('operators', (app, { operators, roofline }) =>
  sections('Operators', [
    { name: 'ops', title: 'By name', make: () => operatorTable(app, operators, false) },
    { name: 'shapes', title: 'By shape', make: () => byShape(app) },
    { name: 'flame', title: 'Flame', make: () => flameSection(app) },
    { name: 'roofline', title: 'Roofline', make: () => rooflineSection(app, roofline) },
  ]),
);

/** Shapes stand in the args, which are read from the file only when somebody asks. */
function byShape(app: App): HTMLElement {
  const place = box('report-section', box('loading', progressRing()));
  app.trace.operatorsByShape().then(
    (report) => place.replaceChildren(operatorTable(app, report, true)),
    (error: Error) => place.replaceChildren(box('loading', error.message)),
  );
  return place;
}

function operatorTable(app: App, { rows, cpuSelfNs, deviceSelfNs, withheld }: OperatorsReport, shaped: boolean): HTMLElement {
  const most = { cpu: Math.max(1, ...rows.map((row) => row.cpuSelfNs)), device: Math.max(1, ...rows.map((row) => row.deviceSelfNs)) };
  const ms = (key: string, title: string, ns: (row: OperatorRow) => number, hint: string): Column<OperatorRow> => ({
    key,
    title,
    hint,
    width: 116,
    numeric: true,
    value: (row) => ns(row) / MS,
    text: (row) => fixed(ns(row) === 0 ? undefined : ns(row) / MS, 3),
  });
  const columns: Column<OperatorRow>[] = [
    { key: 'name', title: 'Operator', width: 'flex', minWidth: 220, className: 'mono', value: ({ name }) => name, full: ({ name }) => name },
    ...(shaped
      ? [
          {
            key: 'shapes',
            title: 'Input shapes',
            width: 260,
            className: 'mono',
            value: ({ shapes }: OperatorRow) => shapes || undefined,
            full: ({ shapes }: OperatorRow) => shapes,
          },
        ]
      : []),
    { key: 'calls', title: 'Calls', width: 76, numeric: true, value: ({ calls }) => calls, text: ({ calls }) => count(calls) },
    { ...ms('cpuSelfNs', 'Self CPU ms', (row) => row.cpuSelfNs, 'Without the ops inside it'), bar: (row) => row.cpuSelfNs / most.cpu },
    ms('cpuTotalNs', 'CPU total ms', (row) => row.cpuTotalNs, 'With the ops inside it'),
    { ...ms('deviceSelfNs', 'Self device ms', (row) => row.deviceSelfNs, 'Kernels launched by the op itself'), bar: (row) => row.deviceSelfNs / most.device },
    ms('deviceTotalNs', 'Device total ms', (row) => row.deviceTotalNs, 'Kernels launched by it and by the ops inside it'),
    {
      key: 'ratio',
      title: 'CPU/GPU',
      width: 84,
      numeric: true,
      hint: `CPU total over device total; above ${DISPATCH_HEAVY} it is dispatch-heavy`,
      value: ({ cpuToGpu }) => cpuToGpu,
      text: ({ cpuToGpu }) => fixed(cpuToGpu, 1),
      note: ({ cpuToGpu }) => (cpuToGpu !== undefined && cpuToGpu > DISPATCH_HEAVY ? 'heavy' : ''),
    },
  ];
  if (rows.some(({ flops }) => flops))
    columns.push({
      key: 'flops',
      title: 'GFLOP',
      width: 84,
      numeric: true,
      value: ({ flops }) => flops,
      text: ({ flops }) => fixed(flops === undefined ? undefined : flops / 1e9, 2),
    });
  if (rows.some(({ deviceMemoryBytes }) => deviceMemoryBytes))
    columns.push({
      key: 'memory',
      title: 'Device memory',
      width: 110,
      numeric: true,
      value: (row) => row.deviceMemoryBytes,
      text: (row) => (row.deviceMemoryBytes ? bytes(row.deviceMemoryBytes) : '–'),
    });
  const section = tableSection(app, {
    title: shaped ? 'Operators by shape' : 'Operators',
    columns,
    sort: [{ key: rows.some((row) => row.deviceSelfNs > 0) ? 'deviceSelfNs' : 'cpuSelfNs', descending: true }],
    rows,
    status: `${plural(rows.length, shaped ? 'op and shape' : 'op', shaped ? 'ops and shapes' : 'ops')} · self CPU ${duration(cpuSelfNs)} · self device ${duration(deviceSelfNs)}, as torch’s key_averages`,
    empty: 'No framework ops were recorded.',
    onOpen: ({ search }) => app.change({ tab: 'timeline', search }),
  });
  return withheld.length === 0 ? section : box('report-section', span('report-note dim', withheld.join(' ')), section);
}
