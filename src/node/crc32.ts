/** Node's own CRC-32, which early versions of Node 20 do not have. */
import zlib from 'node:zlib';

export const crc32: ((bytes: Uint8Array, checksum: number) => number) | undefined = zlib.crc32;
