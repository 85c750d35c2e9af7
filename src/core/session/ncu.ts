/** Answers NcuApi: what is attached to a trace, and which measured launch belongs to a kernel or to one of its slices. */
import { count } from '../../shared/format.js';
import type { NcuApi, NcuFile, NcuLaunch, NcuMatch, NcuReport } from '../../shared/ncu.js';
import type { KernelFacts, SliceId } from '../../shared/protocol.js';
import { ncuFigures, ncuStalls } from '../analyze/ncuFigures.js';
import { joinNcu, type NcuJoin } from '../analyze/ncuJoin.js';
import { readNcuCsv } from '../read/ncu.js';
import type { Trace } from '../trace/trace.js';

/** Names listed of kernels that the trace has not. */
const NAMED_MISSING = 3;

/** `factsOf` reads grid and block of a slice from its record. */
export function createNcu(trace: Trace, factsOf: (slice: SliceId) => Promise<KernelFacts>): NcuApi {
  let joined: NcuJoin | undefined;
  return {
    async attachNcu(files) {
      const problems: string[] = [];
      const measured = files.flatMap((file) => {
        const read = readNcuCsv(file.text);
        problems.push(...read.problems.map((problem) => `${file.name}: ${problem}`));
        return read.launches;
      });
      const launches = merged(measured);
      joined = joinNcu(trace, launches);
      return reportOf(files, launches.length, joined, problems);
    },
    async ncu(name, { slice, index }) {
      const launches = joined?.launches.get(name);
      if (joined === undefined || launches === undefined) return undefined;
      const traced = joined.traced(name);
      const chosen = slice === undefined ? { index: index ?? 0, note: '' } : choose(launches, joined.indexOf(slice), traced, await factsOf(slice));
      const launch = launches[chosen.index];
      return launch && ({ launch, figures: ncuFigures(launch), stalls: ncuStalls(launch), measured: launches.length, ...chosen } satisfies NcuMatch);
    },
  };
}

/** Sections of one run are often saved as a file each: the same launch of the same process is one launch. */
function merged(measured: readonly NcuLaunch[]): NcuLaunch[] {
  const launches = new Map<string, NcuLaunch>();
  for (const launch of measured) {
    const key = [launch.process, launch.id, launch.kernel, launch.grid, launch.block].join(' ');
    const known = launches.get(key);
    if (known === undefined) launches.set(key, { ...launch, metrics: [...launch.metrics], rules: [...launch.rules] });
    else {
      const has = new Set(known.metrics.map(({ section, name }) => `${section} ${name}`));
      known.metrics.push(...launch.metrics.filter(({ section, name }) => !has.has(`${section} ${name}`)));
      const said = new Set(known.rules.map(({ name, text }) => `${name} ${text}`));
      known.rules.push(...launch.rules.filter(({ name, text }) => !said.has(`${name} ${text}`)));
    }
  }
  return [...launches.values()];
}

function reportOf(files: readonly NcuFile[], launches: number, { launches: found, missing }: NcuJoin, problems: string[]): NcuReport {
  const unjoined = [...missing.values()].reduce((sum, times) => sum + times, 0);
  if (unjoined > 0) {
    const names = [...missing.keys()];
    const more = names.length > NAMED_MISSING ? ` and ${count(names.length - NAMED_MISSING)} more` : '';
    problems.push(
      `${count(unjoined)} of ${count(launches)} measured launches are of kernels that this trace has not, or has several of: ${names.slice(0, NAMED_MISSING).join(', ')}${more}.`,
    );
  }
  return { files: files.map(({ name }) => name), launches, joined: launches - unjoined, kernels: [...found.keys()], problems };
}

/**
 * The launch of the same order, unless the record says that its grid or block is another; then one of the same grid and block.
 * Nothing proves that two runs launch the same work in the same order, and the note says what was compared.
 */
function choose(launches: readonly NcuLaunch[], order: number, traced: number, facts: KernelFacts): { index: number; note: string } {
  const grid = facts.grid?.join(' × ');
  const block = facts.block?.join(' × ');
  const isKnown = grid !== undefined && block !== undefined;
  const fits = (launch: NcuLaunch): boolean => launch.grid === grid && launch.block === block;
  const sizes = isKnown ? ', with the same grid and block' : '';
  if (order >= 0 && (!isKnown || launches[order].grid === '' || fits(launches[order]))) {
    const all = launches.length === traced ? '' : `; ${count(launches.length)} of ${count(traced)} were measured`;
    return { index: order, note: `Joined by order: launch ${count(order + 1)} of this kernel${fits(launches[order]) ? sizes : ''}${all}.` };
  }
  const similar = launches.findIndex(fits);
  if (similar >= 0) return { index: similar, note: 'This launch was not measured: shown is another one with the same grid and block.' };
  return {
    index: Math.max(0, order),
    note: isKnown
      ? 'No launch with the grid and block of this one was measured: shown is another one of the same kernel.'
      : 'This launch was not measured: shown is another one of the same kernel.',
  };
}
