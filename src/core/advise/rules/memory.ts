/** Findings about device memory. */
import type { Finding } from '../../../shared/analysis.js';
import { duration, plural } from '../../../shared/format.js';
import type { RunFacts } from '../facts.js';

/** Asking the driver for memory in the middle of a run synchronizes the device: a pool should have it already. */
export function slowAllocations({ memory, trace }: RunFacts): Finding[] {
  const slow = memory.allocations.filter((row) => row.slow > 0);
  if (slow.length === 0 || trace.durationNs === 0) return [];
  const worst = slow.reduce((best, row) => (row.worstNs > best.worstNs ? row : best));
  const calls = slow.reduce((sum, row) => sum + row.slow, 0);
  const totalNs = slow.reduce((sum, row) => sum + row.totalNs, 0);
  const names = slow.map(({ name }) => name);
  return [
    {
      rule: 'slowAllocations',
      severity: 'warning',
      title: 'Slow memory allocations',
      sentence: `${plural(calls, 'call')} of ${names.join(', ')} took more than 1 ms, the worst ${duration(worst.worstNs)}.`,
      advice: 'Let the caching allocator grow before the run (warm up with the largest batch), or use expandable segments.',
      atStakeNs: totalNs,
      per: 'once',
      percentOfPhase: (100 * totalNs) / trace.durationNs,
      gainNs: { low: 0, high: totalNs },
      confidence: 'medium',
      evidence: { label: plural(calls, 'call'), search: `/^(${names.join('|')})$/ dur>1ms` },
    },
  ];
}
