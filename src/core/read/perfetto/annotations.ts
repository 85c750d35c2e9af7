/** DebugAnnotation messages (perfetto's debug_annotation.proto) as JSON text: decoded for one slice, when somebody asks. */
import type { Cursor } from './wire.js';
import { Damaged } from './wire.js';

/** The text behind a number in the field of InternedData; undefined when it is not in the recording. */
export type InternedText = (field: number, iid: number) => string | undefined;

/** A value: JSON text, or what may still be merged with its like. */
type Value = string | Map<string, Value> | Value[];

interface Annotation {
  name: string;
  value: Value;
}

const NAME_FIELD = 3;
const TEXT_FIELD = 29;
/** Nobody nests deeper on purpose. */
const DEEPEST = 100;

/** Annotations of one event. */
export interface Annotations {
  /** takes the annotation that ends at `end` */
  take(cursor: Cursor, end: number): void;
  /** adds what is no annotation in the recording */
  add(name: string, text: string): void;
  /** the JSON text of an object with all of them */
  json(): string;
}

export function createAnnotations(interned: InternedText): Annotations {
  const all = new Map<string, Value>();
  return {
    take(cursor, end) {
      const { name, value } = readAnnotation(cursor, end, interned, 0);
      merge(all, name, value);
    },
    add: (name, text) => void all.set(name, JSON.stringify(text)),
    json: () => jsonOf(all),
  };
}

/** Parts of one object or list may come in several annotations of one name. */
function merge(into: Map<string, Value>, name: string, value: Value): void {
  const known = into.get(name);
  if (known instanceof Map && value instanceof Map) for (const [key, inner] of value) merge(known, key, inner);
  else if (Array.isArray(known) && Array.isArray(value)) known.push(...value);
  else into.set(name, value);
}

function jsonOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  return `{${[...value].map(([key, inner]) => `${JSON.stringify(key)}:${jsonOf(inner)}`).join(',')}}`;
}

function readAnnotation(cursor: Cursor, end: number, interned: InternedText, depth: number): Annotation {
  if (depth > DEEPEST) throw new Damaged('Annotations are nested too deep');
  let name = '';
  let value: Value = 'null';
  while (cursor.next(end)) {
    const { field } = cursor;
    if (field === 1) name = internedText(interned, NAME_FIELD, cursor.uint());
    else if (field === 10) name = cursor.text(end);
    else if (field === 17) value = JSON.stringify(internedText(interned, TEXT_FIELD, cursor.uint()));
    else if (field === 8) value = readNested(cursor, cursor.open(end), depth + 1);
    else if (field === 11) {
      const entry = readAnnotation(cursor, cursor.open(end), interned, depth + 1);
      if (!(value instanceof Map)) value = new Map<string, Value>();
      merge(value, entry.name, entry.value);
    } else if (field === 12) {
      const element = readAnnotation(cursor, cursor.open(end), interned, depth + 1).value;
      if (Array.isArray(value)) value.push(element);
      else value = [element];
    } else value = readPlain(cursor, end) ?? value;
  }
  return { name, value };
}

function internedText(interned: InternedText, field: number, iid: number): string {
  return interned(field, iid) ?? `(text ${iid} is not in the recording)`;
}

/** A value that holds no others; undefined for what is none. */
function readPlain(cursor: Cursor, end: number): string | undefined {
  switch (cursor.field) {
    case 2:
      return String(cursor.bool());
    case 3:
      cursor.varint();
      return cursor.digits(false);
    case 4:
      cursor.varint();
      return cursor.digits(true);
    case 5:
      return numberText(cursor.double());
    case 6:
      return JSON.stringify(cursor.text(end));
    case 7:
      cursor.varint();
      return `"0x${BigInt(cursor.digits(false)).toString(16)}"`;
    case 9:
      return jsonText(cursor.text(end));
    default:
      cursor.skip(end);
      return undefined;
  }
}

/** The older way to nest: NestedValue with keys and values side by side. */
function readNested(cursor: Cursor, end: number, depth: number): Value {
  if (depth > DEEPEST) throw new Damaged('Annotations are nested too deep');
  const keys: string[] = [];
  const values: Value[] = [];
  let kind = 0;
  let plain = 'null';
  while (cursor.next(end)) {
    const { field } = cursor;
    if (field === 1) kind = cursor.uint();
    else if (field === 2) keys.push(cursor.text(end));
    else if (field === 3 || field === 4) values.push(readNested(cursor, cursor.open(end), depth + 1));
    else if (field === 5) {
      cursor.varint();
      plain = cursor.digits(true);
    } else if (field === 6) plain = numberText(cursor.double());
    else if (field === 7) plain = String(cursor.bool());
    else if (field === 8) plain = JSON.stringify(cursor.text(end));
    else cursor.skip(end);
  }
  if (kind === 1) return new Map(keys.map((key, i) => [key, values[i] ?? 'null']));
  return kind === 2 ? values : plain;
}

/** JSON has no word for what is no number. */
function numberText(value: number): string {
  return Number.isFinite(value) ? String(value) : JSON.stringify(String(value));
}

/** JSON that the recorded program wrote; what is none is shown as the text that it is. */
function jsonText(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}
