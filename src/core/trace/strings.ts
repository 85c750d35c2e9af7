/** CONTRACT (the implementation replaces this comment): every distinct text of a trace, as bytes until it is read. */
export interface Strings {
  count: number;
  /** UTF-8 of all texts, one after the other */
  bytes: Uint8Array;
  /** text i is bytes[offset[i]] … bytes[offset[i + 1] − 1]; count + 1 long */
  offset: Uint32Array;
  /** decodes text i (cached) */
  get(id: number): string;
}
