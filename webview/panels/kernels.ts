/** The kernel table: every kernel name by its time, filtered by category, text and phase; the selected one in detail. */

import { count, duration, plural } from '../../src/shared/format.js';
import type { KernelReport, KernelRow } from '../../src/shared/protocol.js';
import type { TableExport } from '../../src/shared/view.js';
import type { Part } from '../app.js';
import { button, type Choice, dropdown, progressRing, textField } from '../ui.js';
import { type ChipName, categoryChips, chipOf } from './categoryChips.js';
import { type Column, exportRows } from './column.js';
import { box, el, span } from './dom.js';
import { exportName, markdown, tsv } from './export.js';
import { parseFilter } from './filter.js';
import { kernelColumns, MODEL_PATH } from './kernelColumns.js';
import { kernelDetail } from './kernelDetail.js';
import { isLinked, type ModuleNode, type ModuleTree, moduleTree } from './model/tree.js';
import { servedModules } from './modelPaths.js';
import { moduleRows } from './moduleRows.js';
import { moduleTable } from './moduleTable.js';
import { openPlace } from './places.js';
import { formatSort, parseSort } from './sort.js';
import { createTable, type Table } from './table.js';

type Grouping = 'name' | 'module';
type PhaseChoice = 'all' | 'prefill' | 'decode' | 'mixed';

const PHASE_NS: Record<PhaseChoice, (row: KernelRow) => number> = {
  all: () => 1,
  prefill: (row) => row.prefillNs,
  decode: (row) => row.decodeNs,
  mixed: (row) => row.mixedNs,
};

export const kernelTable: Part = (root, app) => {
  root.classList.add('kernels');
  root.append(box('loading', progressRing()));
  app.trace.kernels().then(
    (report) => root.replaceChildren(...build(report)),
    (error) => root.replaceChildren(box('loading', `The kernels could not be summed up: ${error instanceof Error ? error.message : String(error)}`)),
  );

  function build(report: KernelReport): HTMLElement[] {
    // Not part of the time of all kernels, so not shown with it at first.
    const hidden = new Set<ChipName>(report.rows.some((row) => row.kind === 'kernel') ? ['memory'] : []);
    const columnsNow = (): Column<KernelRow>[] => kernelColumns(report, servedModules(app.state.model), (place) => openPlace(app, place));
    let columns = columnsNow();
    /** exists while kernels are linked */
    let modules: { table: Table<ModuleNode>; columns: Column<ModuleNode>[]; tree: ModuleTree } | undefined;
    // The column of the model comes with the links.
    const saved = parseSort(app.state.kernelSort, [...columns.map(({ key }) => key), MODEL_PATH]);
    const detail = kernelDetail(app);
    const table = createTable<KernelRow>({
      label: 'Kernels',
      columns,
      sort: saved.length > 0 ? saved : [{ key: 'totalNs', descending: true }],
      onSort: (sort) => app.change({ kernelSort: formatSort(sort) }),
      onSelect: detail.show,
      onOpen: detail.reveal,
      onCopy: (text) => app.copy(text),
    });

    const status = span('table-status');
    const filterError = el('span', { class: 'error', role: 'alert' });
    const filter = textField('Filter kernels', 'Filter kernels: gemm -splitK avg>10us', 'filter', (kernelFilter) => app.change({ kernelFilter }));
    const phase = phaseChoice(report, () => refresh());
    const grouping = dropdown<Grouping>(
      'Group by',
      [
        { value: 'name', text: 'Group by: name' },
        { value: 'module', text: 'Group by: module' },
      ],
      () => refresh(),
    );
    const modulePlace = box('module-table');
    const chips = categoryChips(report.rows, hidden, () => refresh());
    const byModule = (): boolean => modules !== undefined && grouping.value === 'module';
    const exported = (): TableExport =>
      modules && byModule()
        ? exportRows(exportName(app.info.fileName, 'modules'), modules.columns, modules.table.rows())
        : exportRows(exportName(app.info.fileName, 'kernels'), columns, table.rows());
    const toolbar = box(
      'toolbar',
      filter.element,
      phase?.element,
      grouping.element,
      status,
      button('Copy Markdown', { icon: 'copy', onClick: () => app.copy(markdown(exported())) }),
      button('Copy TSV', { icon: 'copy', onClick: () => app.copy(tsv(exported())) }),
      button('Save…', { icon: 'save', description: 'Save the table as CSV, JSON or Markdown', onClick: () => void app.host.saveTable(exported()) }),
    );

    const refresh = (): void => {
      filter.value = app.state.kernelFilter;
      const parsed = parseFilter(app.state.kernelFilter);
      const unusable = 'error' in parsed;
      filter.setInvalid(unusable);
      filterError.textContent = unusable ? parsed.error : '';
      grouping.element.hidden = modules === undefined;
      table.element.hidden = byModule();
      modulePlace.hidden = !byModule();
      if (modules && byModule()) {
        detail.show(undefined);
        const matches = unusable ? () => true : parsed.matches;
        const rows = moduleRows(modules.tree, app.state.kernelFilter, matches, hidden);
        modules.table.show(rows, 'No module passes the filter.');
        const totalNs = rows.reduce((sum, { cost }) => sum + cost.totalNs, 0);
        status.replaceChildren(`${plural(rows.length, 'module')} · `, el('strong', {}, duration(totalNs)));
        return;
      }
      const inPhase = PHASE_NS[phase?.value ?? 'all'];
      const rows = report.rows.filter((row) => !hidden.has(chipOf(row)) && inPhase(row) > 0 && (unusable || parsed.matches(row)));
      const before = table.selected();
      table.show(rows, report.rows.length === 0 ? 'No kernels in this trace.' : 'No kernel passes the filter.');
      const selected = table.selected() ?? table.rows()[0];
      if (selected && selected !== before) table.select(selected);
      detail.show(selected);
      const kernels = rows.filter((row) => row.kind === 'kernel');
      const totalNs = kernels.reduce((sum, row) => sum + row.totalNs, 0);
      const calls = kernels.reduce((sum, row) => sum + row.count, 0);
      status.replaceChildren(
        `${count(rows.length)} of ${count(report.rows.length)} names${hidden.has('memory') ? ', copies hidden' : ''} · ${count(calls)} kernels · `,
        el('strong', {}, duration(totalNs)),
      );
    };
    const followModel = (): void => {
      const { model } = app.state;
      columns = columnsNow();
      table.setColumns(columns);
      modules = undefined;
      if (isLinked(model)) {
        const tree = moduleTree(model, report.rows);
        modules = { tree, ...moduleTable(app, tree, report.kernelTimeNs) };
        modulePlace.replaceChildren(modules.table.element);
      }
      refresh();
    };
    app.onChange((changed) => {
      if (changed.has('model')) followModel();
      if (changed.has('kernelFilter')) refresh();
      if (changed.has('tab') && app.state.tab === 'kernels' && document.activeElement === document.body) table.focus();
    });
    followModel();
    return [chips, toolbar, filterError, table.element, modulePlace, detail.element];
  }
};

/** Only where the recording tells phases. */
function phaseChoice({ steps }: KernelReport, changed: () => void): Choice<PhaseChoice> | undefined {
  const phases = (['prefill', 'decode', 'mixed'] as const).filter((phase) => steps[phase] > 0);
  if (phases.length < 2) return undefined;
  return dropdown<PhaseChoice>('Phase', [{ value: 'all', text: 'Phase: all' }, ...phases.map((value) => ({ value, text: `Phase: ${value}` }))], changed);
}
