/** A file as the readers see it: bytes by position, wherever they lie. Node, browser and test each bring their own. */
export interface ByteFile {
  name: string;
  size: number;
  /** fills `into` from `position`; resolves with the number of bytes read, 0 at the end */
  read(into: Uint8Array, position: number): Promise<number>;
}

/** A file that is in memory. */
export function memoryFile(name: string, bytes: Uint8Array): ByteFile {
  return {
    name,
    size: bytes.length,
    async read(into, position) {
      const part = bytes.subarray(position, position + into.length);
      into.set(part);
      return part.length;
    },
  };
}
