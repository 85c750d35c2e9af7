/** The args of an event as JSON text, decoded when somebody asks for them. */
import { createAnnotations, type InternedText } from './annotations.js';
import { INTERNED } from './dictionary.js';
import { readLocation } from './sequences.js';
import type { Cursor } from './wire.js';

/** JSON text of an object with the args of the TrackEvent that ends at `end`. */
export function readArgs(cursor: Cursor, end: number, interned: InternedText): string {
  const annotations = createAnnotations(interned);
  while (cursor.next(end)) {
    const { field } = cursor;
    if (field === 4) annotations.take(cursor, cursor.open(end));
    else if (field === 33) annotations.add('source location', readLocation(cursor, cursor.open(end)));
    else if (field === 34) annotations.add('source location', interned(INTERNED.sourceLocations, cursor.uint()) ?? '');
    else cursor.skip(end);
  }
  return annotations.json();
}
