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
