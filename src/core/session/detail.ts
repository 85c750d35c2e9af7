/** Everything about one slice, for the details panel. */
import type { KernelFacts, SliceDetail, SliceId } from '../../shared/protocol.js';
import { durationStats } from '../analyze/kernels.js';
import type { Records } from '../read/read.js';
import { recordArgs } from '../read/record.js';
import type { Look } from '../trace/tile.js';
import { NONE, type Trace } from '../trace/trace.js';
import { launchedBy, selfNs } from '../trace/walk.js';
import type { Analyses } from './analyses.js';
import { kernelFacts } from './facts.js';
import { chainOf, refOf } from './refs.js';

export async function detailOf(trace: Trace, records: Records, analyses: Analyses, look: Look, slice: SliceId): Promise<SliceDetail> {
  const { slices, tracks, groups, categories } = trace;
  const ref = refOf(trace, look, slice);
  const { info } = tracks[ref.track];
  const { args, argsMissing } = await argsOf(trace, records, slice);
  const correlation = slices.correlation[slice];
  const external = slices.external[slice];
  return {
    ref,
    category: categories[slices.category[slice]].text,
    trackName: info.name,
    groupName: groups[info.group]?.name ?? '',
    durNs: slices.durNs[slice],
    selfNs: selfNs(trace, slice),
    ...launchOf(trace, slice),
    stream: info.stream,
    device: info.device,
    correlation: correlation === NONE ? undefined : correlation,
    externalId: external === NONE ? undefined : external,
    kernel: ref.kind === 'kernel' ? kernelFacts(args) : undefined,
    ...placeOf(trace, analyses, slice),
    sameName: sameName(trace, slice),
    args,
    argsMissing,
    chain: chainOf(trace, look, slice),
  };
}

/** What its record says of a kernel. */
export async function factsOf(trace: Trace, records: Records, slice: SliceId): Promise<KernelFacts> {
  return kernelFacts((await argsOf(trace, records, slice)).args);
}

/** Where a slice's record begins in the decompressed file. */
export function recordOffset({ slices }: Trace, slice: SliceId): number {
  return slices.recordHigh[slice] * 2 ** 32 + slices.recordLow[slice];
}

async function argsOf(trace: Trace, records: Records, slice: SliceId): Promise<Pick<SliceDetail, 'args' | 'argsMissing'>> {
  try {
    const args = recordArgs(await records.text(recordOffset(trace, slice)));
    return args.length > 0 ? { args } : { args, argsMissing: 'Its record has no arguments.' };
  } catch (error) {
    return { args: [], argsMissing: error instanceof Error ? error.message : String(error) };
  }
}

type Launch = Pick<SliceDetail, 'afterCallNs' | 'launchDelayNs' | 'launchIndex' | 'launchCount'>;

/** How GPU work relates to the call that launched it; for a call, how much it launched. */
function launchOf(trace: Trace, slice: SliceId): Launch {
  const { slices, gpu } = trace;
  if (slice >= gpu.count) {
    const { length } = launchedBy(trace, slice);
    return length > 0 ? { launchCount: length } : {};
  }
  const call = gpu.launch[slice];
  if (call === NONE) return {};
  const launched = launchedBy(trace, call);
  const launchDelayNs = slices.startNs[slice] - slices.startNs[call];
  return { launchDelayNs, afterCallNs: launchDelayNs - slices.durNs[call], launchIndex: launched.indexOf(slice) + 1, launchCount: launched.length };
}

/** Step and layer of GPU work; a call has those of the first work that it launched. */
function placeOf(trace: Trace, analyses: Analyses, slice: SliceId): Pick<SliceDetail, 'step' | 'layer'> {
  const work = slice < trace.gpu.count ? slice : launchedBy(trace, slice)[0];
  if (work === undefined) return {};
  const { stepOf, layerOf, report } = analyses.steps();
  const step = report.steps[stepOf[work]];
  return { step: step && { index: step.index, phase: step.phase }, layer: layerOf[work] < 0 || slice !== work ? undefined : layerOf[work] };
}

function sameName(trace: Trace, slice: SliceId): SliceDetail['sameName'] {
  const { slices, categories } = trace;
  const name = slices.name[slice];
  const { kind } = categories[slices.category[slice]];
  const same: SliceId[] = [];
  for (let other = 0; other < slices.count; other++) if (slices.name[other] === name && categories[slices.category[other]].kind === kind) same.push(other);
  const { count, medianNs, totalNs } = durationStats(trace, same);
  return { count, medianNs, totalNs };
}
