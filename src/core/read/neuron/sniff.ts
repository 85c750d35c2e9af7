/** Whether a text is the `system_profile.json` of AWS Neuron: an object with its events, or a bare list of them. */
import { utf8 } from '../text.js';

/** Readers in the wild know both names of the member. */
const LIST = /"trace_events?"\s*:\s*\[|^\ufeff?\s*\[/;
/** What its events have, and those of no other format together. */
const EVENT = [/"timestamp"\s*:/, /"duration"\s*:/, /"(?:instance_id|worker_gid|lnc_idx|nc_idx)"\s*:/];

/** `head` is the beginning of the text. */
export function isNeuronJson(head: Uint8Array): boolean {
  const text = utf8(head);
  return LIST.test(text) && EVENT.every((pattern) => pattern.test(text)) && !/"ph"\s*:/.test(text);
}

const RAW = /\.(?:ntff|neff)$|^(?:ntrace|trace_info|cpu_util|host_mem)\.pb$/;

/** Why a file of a raw capture does not open, and what to do; undefined for other names. */
export function rawCapture(fileName: string): string | undefined {
  if (!RAW.test(fileName)) return undefined;
  return (
    `${fileName} is part of a raw capture, which only AWS's own tool can read. Run \`neuron-explorer view -d <folder of the capture> ` +
    '--ignore-device-profile --output-format perfetto` and open the system_profile.pftrace that it writes.'
  );
}
