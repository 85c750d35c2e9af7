/** A recording made while graphs were captured: ROCm writes with each launch which kernel it enqueued. */

import type { Records } from '../read/read.js';
import { recordArgs, valueText } from '../read/record.js';
import { captureRegions } from '../source/capture.js';
import type { Capture } from '../source/linkInput.js';
import type { Trace } from '../trace/trace.js';
import { recordOffset } from './detail.js';

/** Reads the records of the captured launches. */
export async function readCapture({ trace, records }: { trace: Trace; records: Records }): Promise<Capture> {
  const names = new Map<number, string>();
  for (const { launches } of captureRegions(trace)) {
    for (const launch of launches) {
      const kernel = recordArgs(await records.text(recordOffset(trace, launch))).find(({ key }) => key === 'kernel');
      if (kernel !== undefined) names.set(launch, valueText(kernel.text));
    }
  }
  return { trace, launchedName: (launch) => names.get(launch) };
}
