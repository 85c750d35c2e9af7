/** zstd with stored blocks only, which is all that a test needs. */
export function zstd(content: Uint8Array): Uint8Array {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  header.writeUInt32LE(content.length, 5);
  const blocks: Buffer[] = [header];
  for (let at = 0; at < content.length; at += 1000) {
    const part = content.subarray(at, at + 1000);
    const last = at + 1000 >= content.length ? 1 : 0;
    const head = Buffer.alloc(3);
    head.writeUIntLE((part.length << 3) | last, 0, 3);
    blocks.push(head, Buffer.from(part));
  }
  return Buffer.concat(blocks);
}
