/** The reports that need the args of records: all of them come out of one pass over the file, made when the first is asked for. */
import type { GpuPeak, MemoryReport, OperatorsReport, RooflineReport } from '../../shared/analysis.js';
import { type ArgsFacts, readArgs } from '../analyze/argsFacts.js';
import type { Messages } from '../analyze/communication.js';
import { deviceName } from '../analyze/gpuTime.js';
import { reportMemory } from '../analyze/memory.js';
import { weightsOfRun } from '../analyze/modelWeights.js';
import { reportOperators } from '../analyze/operators.js';
import { peakOf } from '../analyze/peaks.js';
import { rooflineRows, weightRead } from '../analyze/roofline.js';
import type { Records } from '../read/read.js';
import type { Trace } from '../trace/trace.js';
import type { Analyses } from './analyses.js';

export interface ArgsReports {
  operatorsByShape(): Promise<OperatorsReport>;
  memory(): Promise<MemoryReport>;
  /** `ownPeaks` are the user's, `config` is the text of the model's config.json */
  roofline(ownPeaks?: readonly GpuPeak[], config?: string): Promise<RooflineReport>;
  messages(): Promise<Messages>;
}

export function createArgsReports(trace: Trace, records: Records, analyses: Analyses): ArgsReports {
  const facts = onceItWorks(async (): Promise<ArgsFacts> => {
    const { slices, offsets, take, finish } = readArgs(trace, analyses.gpu(), analyses.operatorCalls());
    await records.pass(offsets, (index, text) => take(slices[index], text));
    return finish();
  });
  const memory = onceItWorks(async () => reportMemory(trace, analyses.gpu(), analyses.steps(), analyses.operatorCalls(), (await facts()).memory));
  return {
    operatorsByShape: async () => reportOperators(trace, analyses.operatorCalls(), (await facts()).calls),
    memory,
    async roofline(ownPeaks, config) {
      const peak = peakOf(mainDeviceName(trace, analyses), ownPeaks);
      const { modelled } = await facts();
      return {
        rows: rooflineRows(trace, analyses.gpu(), analyses.operatorCalls(), modelled, peak),
        peak,
        weightRead: weightRead(analyses.steps(), peak, weightsOfRun(config, analyses.steps(), trace.meta.worldSize ?? 1)),
      };
    },
    async messages() {
      const { messages } = await facts();
      return (slice) => messages.get(slice);
    },
  };
}

/** Keeps the answer once there is one: what could not be read is tried again when asked again. */
function onceItWorks<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** Of the device that ran most kernels. */
function mainDeviceName(trace: Trace, analyses: Analyses): string {
  const [main] = [...analyses.gpuReport().devices].sort((a, b) => b.kernelCount - a.kernelCount);
  return deviceName(trace, main?.device ?? '');
}
