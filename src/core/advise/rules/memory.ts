/** Findings about device memory. */
import type { Finding } from '../../../shared/analysis.js';
import { duration, plural } from '../../../shared/format.js';
import type { RunFacts } from '../facts.js';

/** Asking the driver for memory in the middle of a run synchronizes the device: a pool should have it already. CPU time, also that in which the GPU works. */
export function slowAllocations({ memory, trace, find }: RunFacts): Finding[] {
  const slow = memory.allocations.filter((row) => row.slow > 0);
  const names = slow.map(({ name }) => name);
  const search = `/^(${names.join('|')})$/ dur>1ms`;
  const calls = slow.length > 0 ? find(search) : undefined;
  if (calls === undefined || trace.durationNs === 0) return [];
  const worstNs = Math.max(...slow.map((row) => row.worstNs));
  return [
    {
      rule: 'slowAllocations',
      severity: 'warning',
      title: 'Slow memory allocations',
      sentence: `${plural(calls.slices.length, 'call')} of ${names.join(', ')} took more than 1 ms, the worst ${duration(worstNs)}.`,
      advice: 'Let the caching allocator grow before the run (warm up with the largest batch), or use expandable segments.',
      atStakeNs: calls.totalNs,
      per: 'once',
      percentOfPhase: (100 * calls.totalNs) / trace.durationNs,
      gainNs: { low: 0, high: calls.totalNs },
      confidence: 'medium',
      evidence: { label: plural(calls.slices.length, 'call'), search },
    },
  ];
}
