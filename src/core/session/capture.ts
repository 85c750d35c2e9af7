/** A recording made while graphs were captured: ROCm writes with each launch which kernel it enqueued. */

import { recordArgs, valueText } from '../read/record.js';
import { captureRegions } from '../source/capture.js';
import type { Capture } from '../source/linkInput.js';
import { recordOffset } from './detail.js';
import type { BesideTrace } from './model.js';

/** Reads the records of the captured launches, then closes the file. */
export async function readCapture({ trace, records, close }: BesideTrace): Promise<Capture> {
  const names = new Map<number, string>();
  try {
    for (const { launches } of captureRegions(trace)) {
      for (const launch of launches) {
        const kernel = recordArgs(await records.text(recordOffset(trace, launch))).find(({ key }) => key === 'kernel');
        if (kernel !== undefined) names.set(launch, valueText(kernel.text));
      }
    }
  } finally {
    await close?.();
  }
  return { trace, launchedName: (launch) => names.get(launch) };
}
