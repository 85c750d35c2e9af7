/** Gives back the args of events: their packets are read once more. */
import type { ByteFile } from '../bytes.js';
import { COMPRESSIONS, type Compression } from '../compression.js';
import { type Records, textReader } from '../records.js';
import { unpack, unpackBytes } from '../unpack.js';
import { readArgs } from './args.js';
import { type Bundles, createBundles, INSIDE, restoreBundle, SAVED_BUNDLE } from './bundles.js';
import { createDictionary, type Dictionary, restoreInto } from './dictionary.js';
import { createFraming, packetAt, type TakePacket } from './framing.js';
import { createPacket, readPacket } from './packet.js';
import { Cursor, Damaged, messageWriter } from './wire.js';

/** What finds and reads the args of a file's events. */
export interface ArgsSource {
  file: ByteFile;
  compression: Compression;
  dictionary: Dictionary;
  bundles: Bundles;
}

/** Nearly every packet is shorter. */
const FIRST_TRY = 1 << 12;
const TURN_MS = 50;
/** First bytes of what `save` writes, which are not those of any other index. */
const MAGIC = new TextEncoder().encode('perfetto 1\n');
const SAVED_COMPRESSION = 4;

export function createPerfettoRecords(source: ArgsSource): Records {
  const { file, compression, dictionary, bundles } = source;
  const readText = textReader(file, compression, []);
  const changed = (place: number): Error => new Error(`There is no event at byte ${place} of ${file.name}: the file has changed.`);

  /** Gives the packet at an offset of the file. */
  const packetIn = async (offset: number, take: TakePacket): Promise<void> => {
    for (let length = FIRST_TRY; ; ) {
      const bytes = await readText(offset, length);
      const { state, from, to } = packetAt(bytes, 0);
      if (state === 'whole') return take(bytes, from, to, offset);
      if (state === 'broken' || bytes.length < length) throw changed(offset);
      length = Math.max(to, 8 * length);
    }
  };

  const text = (bytes: Uint8Array, from: number, to: number, place: number): string | undefined => {
    try {
      return recordText(bytes, from, to, place, dictionary);
    } catch (error) {
      if (error instanceof Damaged) return undefined;
      throw error;
    }
  };

  return {
    async text(place) {
      let found: string | undefined;
      const bundle = bundles.find(place);
      await packetIn(bundle?.offset ?? place, (bytes, from, to, offset) => {
        if (!bundle) found = text(bytes, from, to, offset);
        else {
          eachInside(bytes, from, to, (inner, start, end, at) => {
            if (at === bundle.inside) found = text(inner, start, end, place);
            return at < bundle.inside;
          });
        }
      });
      if (found === undefined) throw changed(place);
      return found;
    },
    async pass(places, take) {
      let next = 0;
      let turnEnds = performance.now() + TURN_MS;
      // Places in bundles lie behind all those in the file, and bundles in the order of the file.
      let inBundles = places.findIndex((place) => place >= INSIDE);
      if (inBundles < 0) inBundles = places.length;
      const end = inBundles;
      const give = (index: number, bytes: Uint8Array, from: number, to: number): void => {
        const found = text(bytes, from, to, places[index]);
        if (found !== undefined) take(index, found);
      };
      const framing = createFraming((bytes, from, to, offset) => {
        while (next < end && places[next] < offset) next++;
        if (next < end && places[next] === offset) give(next++, bytes, from, to);
        const bundle = inBundles < places.length ? bundles.find(places[inBundles]) : undefined;
        if (bundle?.offset !== offset) return;
        const start = places[inBundles] - bundle.inside;
        eachInside(bytes, from, to, (inner, first, last, at) => {
          while (inBundles < places.length && places[inBundles] < start + at) inBundles++;
          if (places[inBundles] === start + at) give(inBundles++, inner, first, last);
          return true;
        });
      });
      for await (const { bytes } of unpack(file, compression)) {
        framing.push(bytes);
        if (framing.broken() || (next === end && inBundles === places.length)) return;
        if (performance.now() < turnEnds) continue;
        await new Promise((resolve) => setTimeout(resolve));
        turnEnds = performance.now() + TURN_MS;
      }
    },
    save() {
      const writer = messageWriter();
      writer.number(SAVED_COMPRESSION, COMPRESSIONS.indexOf(compression));
      dictionary.save(writer);
      bundles.save(writer);
      const saved = writer.bytes();
      const all = new Uint8Array(MAGIC.length + saved.length);
      all.set(MAGIC);
      all.set(saved, MAGIC.length);
      return all;
    },
  };
}

/** Whether `saved` came from here. */
export function isPerfettoIndex(saved: Uint8Array): boolean {
  return MAGIC.every((byte, i) => saved[i] === byte);
}

/** Makes the records of a file again from what `save` gave. */
export function openPerfettoRecords(file: ByteFile, saved: Uint8Array): Records {
  const dictionary = createDictionary();
  const bundles = createBundles();
  let compression: Compression = 'none';
  const cursor = new Cursor().set(saved, MAGIC.length);
  while (cursor.next(saved.length)) {
    if (cursor.field === SAVED_COMPRESSION) compression = COMPRESSIONS[cursor.uint()];
    else if (cursor.field === SAVED_BUNDLE) restoreBundle(bundles, cursor, saved.length);
    else restoreInto(dictionary, cursor, saved.length);
  }
  return createPerfettoRecords({ file, compression, dictionary, bundles });
}

/** Visits the packets that are compressed in a packet, while `visit` says so. */
function eachInside(bytes: Uint8Array, from: number, to: number, visit: (...packet: Parameters<TakePacket>) => boolean): void {
  const packet = createPacket();
  readPacket(new Cursor().set(bytes, from), to, packet);
  const { compressed, zstdCompressed } = packet;
  let goesOn = true;
  const framing = createFraming((...inner) => {
    goesOn &&= visit(...inner);
  });
  const [part, kind] = compressed.to > 0 ? [compressed, 'zlib' as const] : [zstdCompressed, 'zstd' as const];
  unpackBytes(bytes.subarray(part.from, part.to), kind, (piece) => {
    framing.push(piece);
    return goesOn && !framing.broken();
  });
}

/** A record as the other formats have it: an object with the args of its event. */
function recordText(bytes: Uint8Array, from: number, to: number, place: number, dictionary: Dictionary): string | undefined {
  const packet = createPacket();
  const cursor = new Cursor().set(bytes, from);
  readPacket(cursor, to, packet);
  const { trackEvent, sequence } = packet;
  if (trackEvent.to === 0) return undefined;
  const args = readArgs(cursor.set(bytes, trackEvent.from), trackEvent.to, (field, iid) => dictionary.text(sequence, field, iid, place));
  return `{"args":${args}}`;
}
