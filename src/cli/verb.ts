/** What a verb of the command line is, and what it may be told. */
import type { Opened } from './open.js';

export type Format = 'text' | 'json' | 'csv' | 'markdown';

export interface Verb {
  name: string;
  /** one line for the list of verbs */
  summary: string;
  /** formats it has besides text */
  formats: readonly Format[];
  /** options that only it has, with the words of its help */
  options?: Partial<Record<keyof Options, string>>;
  /** whole lines, without their ends; rejects with Unreadable for what it cannot use */
  lines(traces: readonly Opened[], format: Format, width: number, options: Options): AsyncIterable<string> | Iterable<string> | Promise<Iterable<string>>;
}

/** What a verb may be told besides its traces. */
export interface Options {
  source?: string;
  arch?: string;
  capture?: string;
  artifacts?: string;
  'gpu-events'?: boolean;
  config?: string;
  report?: string;
}
