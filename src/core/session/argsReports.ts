/** The reports that need the args of records: all of them come out of one pass over the file, made when the first is asked for. */
import type { GpuPeak, MemoryReport, OperatorsReport, RooflineReport } from '../../shared/analysis.js';
import { type ArgsFacts, readArgs } from '../analyze/argsFacts.js';
import type { Messages } from '../analyze/communication.js';
import { reportMemory } from '../analyze/memory.js';
import { reportOperators } from '../analyze/operators.js';
import { peakOf } from '../analyze/peaks.js';
import { type ModelWeights, rooflineRows, weightRead } from '../analyze/roofline.js';
import type { Records } from '../read/read.js';
import type { Trace } from '../trace/trace.js';
import { type Analyses, once } from './analyses.js';

export interface ArgsReports {
  operatorsByShape(): Promise<OperatorsReport>;
  memory(): Promise<MemoryReport>;
  /** `ownPeaks` are the user's; `weights` are known when the model is */
  roofline(ownPeaks?: readonly GpuPeak[], weights?: ModelWeights): Promise<RooflineReport>;
  messages(): Promise<Messages>;
}

export function createArgsReports(trace: Trace, records: Records, analyses: Analyses): ArgsReports {
  const facts = once(async (): Promise<ArgsFacts> => {
    const { slices, offsets, take, finish } = readArgs(trace, analyses.gpu(), analyses.operatorCalls());
    await records.pass(offsets, (index, text) => take(slices[index], text));
    return finish();
  });
  const memory = once(async () => reportMemory(trace, analyses.gpu(), analyses.steps(), analyses.operatorCalls(), (await facts()).memory));
  return {
    operatorsByShape: async () => reportOperators(trace, analyses.operatorCalls(), (await facts()).calls),
    memory,
    async roofline(ownPeaks, weights) {
      const peak = peakOf(deviceName(trace, analyses), ownPeaks);
      const { modelled } = await facts();
      return {
        rows: rooflineRows(trace, analyses.gpu(), analyses.operatorCalls(), modelled, peak),
        peak,
        weightRead: weightRead(analyses.steps(), peak, weights),
      };
    },
    async messages() {
      const { messages } = await facts();
      return (slice) => messages.get(slice);
    },
  };
}

/** Of the device that ran most kernels. ROCm may number it among the CPUs, so its name is that of any device where all have one. */
function deviceName({ meta }: Trace, analyses: Analyses): string {
  const [main] = [...analyses.gpuReport().devices].sort((a, b) => b.kernelCount - a.kernelCount);
  const names = new Set(meta.devices.map(({ name }) => name));
  return main?.name || (names.size === 1 ? [...names][0] : '');
}
