/** The kernel table: every kernel name by its time, filtered by category, text and phase; the selected one in detail. */

import { count, duration, plural } from '../../src/shared/format.js';
import { KERNEL_GROUPINGS, type KernelGrouping, type KernelReport, type KernelRow } from '../../src/shared/protocol.js';
import type { TableExport } from '../../src/shared/view.js';
import type { Part } from '../app.js';
import { button, type Choice, dropdown, progressRing, textField } from '../ui.js';
import { type ChipName, categoryChips, chipOf } from './categoryChips.js';
import { type Column, exportRows } from './column.js';
import { box, el, span } from './dom.js';
import { exportName, markdown, tsv } from './export.js';
import { parseFilter } from './filter.js';
import { type GroupView, groupView } from './groups/groupView.js';
import { kernelColumns, MODEL_PATH } from './kernelColumns.js';
import { kernelDetail } from './kernelDetail.js';
import { isLinked, type ModuleNode, type ModuleTree, moduleTree } from './model/tree.js';
import { servedModules } from './modelPaths.js';
import { moduleRows } from './moduleRows.js';
import { moduleTable } from './moduleTable.js';
import { openPlace } from './places.js';
import { formatSort, parseSort } from './sort.js';
import { createTable, type Table } from './table.js';

type Grouping = 'name' | 'module' | KernelGrouping;
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
      (['name', 'module', ...KERNEL_GROUPINGS] as const).map((value) => ({ value, text: `Group by: ${value}` })),
      () => refresh(),
    );
    const modulePlace = box('module-table');
    const groupPlace = box('module-table');
    /** made when first shown */
    const groups = new Map<KernelGrouping, GroupView>();
    const chips = categoryChips(report.rows, hidden, () => refresh());
    const exported = (): TableExport => {
      const by = grouping.value;
      if (by === 'module' && modules) return exportRows(exportName(app.info.fileName, 'modules'), modules.columns, modules.table.rows());
      const group = by === 'name' || by === 'module' ? undefined : groups.get(by)?.exported();
      return group ?? exportRows(exportName(app.info.fileName, 'kernels'), columns, table.rows());
    };
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
      const by = grouping.value;
      table.element.hidden = by !== 'name';
      modulePlace.hidden = by !== 'module';
      const isGroup = by !== 'name' && by !== 'module';
      groupPlace.hidden = !isGroup;
      // Groups are of all kernels: names are filtered, chosen and coloured in the other two.
      for (const element of [chips, filter.element, phase?.element]) if (element) element.hidden = isGroup;
      if (by !== 'name') detail.show(undefined);
      if (isGroup) {
        showGroup(by);
        return;
      }
      if (by === 'module') {
        if (!modules) {
          status.replaceChildren('Kernels are not linked to model code: the Model tab says why.');
          return;
        }
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
    const showGroup = (by: KernelGrouping): void => {
      const view = groups.get(by) ?? groupView(app, by, () => refresh());
      groups.set(by, view);
      if (view.element !== groupPlace.firstElementChild) groupPlace.replaceChildren(view.element);
      status.replaceChildren(...(view.status() ?? []));
    };
    const followModel = (): void => {
      const { model } = app.state;
      columns = columnsNow();
      table.setColumns(columns);
      modules = undefined;
      // Layers of a linked model are told better.
      groups.delete('layer');
      modulePlace.replaceChildren();
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
    return [chips, toolbar, filterError, table.element, modulePlace, groupPlace, detail.element];
  }
};

/** Only where the recording tells phases. */
function phaseChoice({ steps }: KernelReport, changed: () => void): Choice<PhaseChoice> | undefined {
  const phases = (['prefill', 'decode', 'mixed'] as const).filter((phase) => steps[phase] > 0);
  if (phases.length < 2) return undefined;
  return dropdown<PhaseChoice>('Phase', [{ value: 'all', text: 'Phase: all' }, ...phases.map((value) => ({ value, text: `Phase: ${value}` }))], changed);
}
