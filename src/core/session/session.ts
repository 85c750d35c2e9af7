/** CONTRACT (the implementation replaces this comment): answers TraceApi over one trace. */
import type { TraceApi } from '../../shared/protocol.js';
import type { Records } from '../read/read.js';
import type { Trace } from '../trace/trace.js';

export interface SessionFile {
  fileName: string;
  fileBytes: number;
}

export declare function createSession(trace: Trace, records: Records, file: SessionFile): TraceApi;
