/** The kernel table: every kernel name by its time, filtered by category, text and phase; the selected one in detail. */

import { count, duration } from '../../src/shared/format.js';
import type { KernelReport, KernelRow } from '../../src/shared/protocol.js';
import type { Part } from '../app.js';
import { button, type Choice, dropdown, progressRing, textField } from '../ui.js';
import { type ChipName, categoryChips, chipOf } from './categoryChips.js';
import { exportRows } from './column.js';
import { box, el, span } from './dom.js';
import { exportName, markdown, tsv } from './export.js';
import { parseFilter } from './filter.js';
import { kernelColumns } from './kernelColumns.js';
import { kernelDetail } from './kernelDetail.js';
import { formatSort, parseSort } from './sort.js';
import { createTable } from './table.js';

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
    const columns = kernelColumns(report);
    const known = columns.map(({ key }) => key);
    const saved = parseSort(app.state.kernelSort, known);
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
    const chips = categoryChips(report.rows, hidden, () => refresh());
    const exported = () => exportRows(exportName(app.info.fileName, 'kernels'), columns, table.rows());
    const toolbar = box(
      'toolbar',
      filter.element,
      phase?.element,
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
    app.onChange((changed) => {
      if (changed.has('kernelFilter')) refresh();
      if (changed.has('tab') && app.state.tab === 'kernels' && document.activeElement === document.body) table.focus();
    });
    refresh();
    return [chips, toolbar, filterError, table.element, detail.element];
  }
};

/** Only where the recording tells phases. */
function phaseChoice({ steps }: KernelReport, changed: () => void): Choice<PhaseChoice> | undefined {
  const phases = (['prefill', 'decode', 'mixed'] as const).filter((phase) => steps[phase] > 0);
  if (phases.length < 2) return undefined;
  return dropdown<PhaseChoice>('Phase', [{ value: 'all', text: 'Phase: all' }, ...phases.map((value) => ({ value, text: `Phase: ${value}` }))], changed);
}
