/** What Nsight Compute measured of single kernel launches, beside a trace: read from `ncu --csv`, joined to the trace's kernels. */
import type { NameId, SliceId } from './protocol.js';

export interface NcuMetric {
  /** '' on the raw page, which has no sections */
  section: string;
  name: string;
  unit: string;
  /** as written */
  text: string;
  /** undefined where the text is no number, or one that reads differently in two locales */
  value?: number;
}

/** What a rule of Nsight Compute says of a launch. */
export interface NcuRule {
  section: string;
  name: string;
  /** as written: OPT, INF, WRN, ERR */
  type: string;
  text: string;
  /** Nsight Compute's estimate; `speedupOf` says of what: "global" is the kernel, "local" the part that the rule looks at */
  speedupPercent?: number;
  speedupOf: string;
}

/** One launch as Nsight Compute measured it. */
export interface NcuLaunch {
  /** number of the launch in its process, in order of launch */
  id: number;
  process: string;
  kernel: string;
  /** "224 × 1 × 1", '' where older versions do not say */
  grid: string;
  block: string;
  metrics: NcuMetric[];
  rules: NcuRule[];
}

/** A metric that people look at first, under a name that does not depend on the page. */
export interface NcuFigure {
  label: string;
  text: string;
}

/** What was measured of a kernel: one of its launches. */
export interface NcuMatch {
  launch: NcuLaunch;
  figures: NcuFigure[];
  /** most first */
  stalls: NcuFigure[];
  /** place of `launch` among the measured launches of the kernel */
  index: number;
  measured: number;
  /** how sure it is that this launch is the one asked for; '' when a kernel was asked for, not a slice */
  note: string;
}

export interface NcuFile {
  name: string;
  text: string;
}

/** What became of the attached files. */
export interface NcuReport {
  files: string[];
  /** launches measured, and how many of them are of kernels of the trace */
  launches: number;
  joined: number;
  /** names of the trace's kernels that have measured launches */
  kernels: NameId[];
  /** sentences: what could not be joined or read */
  problems: string[];
}

/** What the owner of a trace answers about Nsight Compute. */
export interface NcuApi {
  /** replaces what was attached before */
  attachNcu(files: NcuFile[]): Promise<NcuReport>;
  /** the launch that belongs to a slice, or the kernel's launch at `index`; undefined when none of the kernel was measured */
  ncu(name: NameId, which: { slice?: SliceId; index?: number }): Promise<NcuMatch | undefined>;
}
