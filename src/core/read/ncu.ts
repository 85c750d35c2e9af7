/**
 * Reads `ncu --csv`, of both pages: details has a row for each metric and each rule, raw a row for each launch under a row of
 * units. ncu prints its own lines ("==PROF== …") and those of the program before the header, leaves out empty cells at the end of
 * a row, and writes numbers in the user's locale.
 */
import type { NcuLaunch } from '../../shared/ncu.js';
import { decimalMark, localeNumber } from './ncuNumbers.js';

export interface NcuText {
  launches: NcuLaunch[];
  /** sentences about what could not be read */
  problems: string[];
}

/** The header is the line that begins so; Excel writes semicolons where the comma is the decimal mark. */
const HEADER = /^\ufeff?"?ID"?([,;\t])"?Process ID"?\1/m;

/** Columns that say what was launched; on the raw page every other one is a metric. Names of people's hosts and programs are not kept. */
const LAUNCH_COLUMNS: ReadonlySet<string> = new Set([
  'ID',
  'Process ID',
  'Process Name',
  'Host Name',
  'Kernel Name',
  'Kernel Time',
  'Context',
  'Stream',
  'Block Size',
  'Grid Size',
  'Device',
  'CC',
]);

/** A raw page of a thousand launches has a million and a half; a file of commas must not fill the memory. */
const MOST_CELLS = 4_000_000;

/** Whether a text is, or has in it, what `ncu --csv` prints. */
export function isNcuCsv(text: string): boolean {
  const header = HEADER.exec(text);
  return header !== null && /"?Kernel Name"?/.test(text.slice(header.index, header.index + 400));
}

/** Never throws: what is no row of ncu is counted and left out. */
export function readNcuCsv(text: string): NcuText {
  const header = HEADER.exec(text);
  if (header === null) return { launches: [], problems: ['There is no header of ncu --csv in it.'] };
  const { rows, isWhole } = csvRows(text.slice(header.index).replace(/^\ufeff/, ''), header[1]);
  const [columns = [], ...body] = rows;
  const isDetails = columns.includes('Metric Name');
  const at = new Map(columns.map((name, index) => [name, index]));
  const units = isDetails ? [] : (body.find((row) => row[0] === '' && row.length > 1) ?? []);
  const valueColumns = isDetails ? [at.get('Metric Value') ?? -1, at.get('Estimated Speedup') ?? -1] : metricColumns(columns);

  const mark = decimalMark(cellsOf(body, valueColumns));
  const launches = new Map<string, NcuLaunch>();
  let unsure = 0;
  let strays = 0;
  const number = (cell: string): number | undefined => {
    const value = localeNumber(cell, mark);
    if (value === 'unsure') unsure++;
    return value === 'unsure' ? undefined : value;
  };
  for (const row of body) {
    const cell = (name: string): string => row[at.get(name) ?? -1] ?? '';
    if (row === units || row[0].startsWith('==')) continue;
    if (!/^\d{1,15}$/.test(row[0]) || cell('Kernel Name') === '') {
      strays++;
      continue;
    }
    const launch = launchOf(launches, cell);
    if (isDetails) takeDetail(launch, cell, number);
    else for (const column of valueColumns) takeMetric(launch, '', columns[column], units[column] ?? '', row[column] ?? '', number);
  }
  return { launches: [...launches.values()], problems: problemsOf(strays, unsure, isWhole) };
}

function problemsOf(strays: number, unsure: number, isWhole: boolean): string[] {
  const problems = isWhole ? [] : [`Only its first ${MOST_CELLS} cells are read.`];
  if (strays > 0) problems.push(`${strays} ${strays === 1 ? 'line is no row' : 'lines are no rows'} of ncu and left out.`);
  if (unsure > 0) {
    problems.push(`${unsure} ${unsure === 1 ? 'number is' : 'numbers are'} kept as text: nothing in the file tells whether "," or "." is the decimal mark.`);
  }
  return problems;
}

function metricColumns(columns: readonly string[]): number[] {
  return columns.map((_, index) => index).filter((index) => !LAUNCH_COLUMNS.has(columns[index]));
}

function* cellsOf(rows: readonly string[][], columns: readonly number[]): Generator<string> {
  for (const row of rows) for (const column of columns) if (row[column]) yield row[column];
}

function launchOf(launches: Map<string, NcuLaunch>, cell: (name: string) => string): NcuLaunch {
  const key = `${cell('Process ID')} ${cell('ID')} ${cell('Kernel Name')}`;
  const known = launches.get(key);
  if (known) return known;
  const launch: NcuLaunch = {
    id: Number(cell('ID')),
    process: cell('Process ID'),
    kernel: cell('Kernel Name'),
    grid: sizes(cell('Grid Size')),
    block: sizes(cell('Block Size')),
    metrics: [],
    rules: [],
  };
  launches.set(key, launch);
  return launch;
}

/** "(224, 1, 1)" and "224, 1, 1" as "224 × 1 × 1". */
function sizes(cell: string): string {
  return (cell.match(/\d+/g) ?? []).join(' × ');
}

type ToNumber = (cell: string) => number | undefined;

function takeDetail(launch: NcuLaunch, cell: (name: string) => string, number: ToNumber): void {
  const section = cell('Section Name');
  if (cell('Metric Name') !== '') takeMetric(launch, section, cell('Metric Name'), cell('Metric Unit'), cell('Metric Value'), number);
  if (cell('Rule Description') === '') return;
  const rule = { section, name: cell('Rule Name'), type: cell('Rule Type'), text: cell('Rule Description') };
  launch.rules.push({ ...rule, speedupPercent: number(cell('Estimated Speedup')), speedupOf: cell('Estimated Speedup Type') });
}

function takeMetric({ metrics }: NcuLaunch, section: string, name: string, unit: string, text: string, number: ToNumber): void {
  if (text !== '') metrics.push({ section, name, unit, text, value: number(text) });
}

/** Rows of a CSV text, without empty lines. A quote opens a cell only at its beginning; line ends inside quotes are part of the cell. */
function csvRows(text: string, delimiter: string): { rows: string[][]; isWhole: boolean } {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  let count = 0;
  while (at < text.length && count < MOST_CELLS) {
    let cell = '';
    if (text[at] === '"') {
      let end = text.indexOf('"', at + 1);
      let from = at + 1;
      while (end >= 0 && text[end + 1] === '"') {
        cell += text.slice(from, end + 1);
        from = end + 2;
        end = text.indexOf('"', from);
      }
      cell += text.slice(from, end < 0 ? text.length : end);
      at = end < 0 ? text.length : end + 1;
    }
    let end = at;
    while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end++;
    cell += text.slice(at, end);
    row.push(cell.endsWith('\r') ? cell.slice(0, -1) : cell);
    count++;
    if (text[end] !== delimiter) {
      if (row.length > 1 || row[0] !== '') rows.push(row);
      row = [];
    }
    at = end + 1;
  }
  const isWhole = at >= text.length;
  if (isWhole && row.length > 0) rows.push(row);
  return { rows, isWhole };
}
