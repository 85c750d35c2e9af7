/** The metrics of a launch that people look at first: the details page and the raw page name them differently. */
import type { NcuFigure, NcuLaunch, NcuMetric } from '../../shared/ncu.js';

/** Names by Nsight Compute's sections SpeedOfLight, MemoryWorkloadAnalysis and Occupancy; a percent of peak has the unit %. */
const FIGURES: readonly (readonly [label: string, unit: string, ...names: string[]])[] = [
  ['SM throughput', '%', 'Compute (SM) Throughput', 'sm__throughput.avg.pct_of_peak_sustained_elapsed', 'SM [%]'],
  ['DRAM throughput', '%', 'DRAM Throughput', 'dram__throughput.avg.pct_of_peak_sustained_elapsed', 'gpu__dram_throughput.avg.pct_of_peak_sustained_elapsed'],
  ['L2 throughput', '%', 'L2 Cache Throughput', 'lts__throughput.avg.pct_of_peak_sustained_elapsed'],
  ['Achieved occupancy', '%', 'Achieved Occupancy', 'sm__warps_active.avg.pct_of_peak_sustained_active'],
  ['Theoretical occupancy', '%', 'Theoretical Occupancy', 'sm__maximum_warps_per_active_cycle_pct'],
  ['Duration', '', 'Duration', 'gpu__time_duration.sum'],
];

export function ncuFigures({ metrics }: NcuLaunch): NcuFigure[] {
  return FIGURES.flatMap(([label, unit, ...names]) => {
    const found = metrics.find((metric) => names.includes(metric.name) && (unit === '' || metric.unit === unit));
    return found ? [{ label, text: figureText(found) }] : [];
  });
}

function figureText({ text, unit }: NcuMetric): string {
  return unit === '' ? text : `${text} ${unit}`;
}

/**
 * Families of metrics that say why warps waited, best first; one of them is shown, for they count different things. "Selected" is
 * no stall: the warp issued. The last one is what the details page writes with --print-details all.
 */
const STALLS: readonly RegExp[] = [
  /^smsp__average_warps_issue_stalled_(?!selected)(\w+?)_per_issue_active\.ratio$/,
  /^smsp__average_warp_latency_issue_stalled_(?!selected)(\w+)\.ratio$/,
  /^smsp__pcsamp_warps_issue_stalled_(?!selected)(\w+?)(?:_not_issued)?$/,
  /^Stall (?!Selected)(.+)$/,
];
const MOST_STALLS = 3;

/** The largest reasons why warps waited, of the first family that was measured. */
export function ncuStalls({ metrics }: NcuLaunch): NcuFigure[] {
  for (const family of STALLS) {
    const found = metrics.flatMap((metric) => {
      const reason = family.exec(metric.name)?.[1];
      return reason === undefined || !metric.value ? [] : [{ reason, metric, value: metric.value }];
    });
    const most = found.sort((a, b) => b.value - a.value).slice(0, MOST_STALLS);
    if (most.length > 0) return most.map(({ reason, metric }) => ({ label: reason.toLowerCase().replaceAll('_', ' '), text: figureText(metric) }));
  }
  return [];
}
