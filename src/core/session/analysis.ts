/** The whole report of a run: the numbers of the analyses, and what they mean. */
import type { Analysis, AnalysisApi, GpuPeak, MemoryReport, RooflineReport } from '../../shared/analysis.js';
import { cpuSlices, type RunFacts } from '../advise/facts.js';
import { findings } from '../advise/findings.js';
import { factsLine } from '../advise/headline.js';
import { healthChecks, idleWithheld } from '../advise/health.js';
import { verdicts } from '../advise/verdict.js';
import { type Messages, reportCommunication } from '../analyze/communication.js';
import { flame } from '../analyze/flame.js';
import { findMarks } from '../analyze/marks.js';
import { reportMemory } from '../analyze/memory.js';
import { stepsHeadline } from '../analyze/steps.js';
import type { Records } from '../read/read.js';
import type { Trace } from '../trace/trace.js';
import type { Analyses } from './analyses.js';
import { createArgsReports } from './argsReports.js';

export interface AnalysisOptions {
  /** the user's, tried before the stated ones */
  peaks?: readonly GpuPeak[];
  /** text of the model's config.json */
  config?: string;
  /** what a search finds */
  find: RunFacts['find'];
}

/** Answers AnalysisApi. */
export function createAnalysis(trace: Trace, records: Records, analyses: Analyses, { peaks = [], config, find }: AnalysisOptions): AnalysisApi {
  const args = createArgsReports(trace, records, analyses);
  let made: Promise<Analysis> | undefined;

  /** What only the args tell is withheld where the file cannot be read again. */
  const fromArgs = async (): Promise<{ memory: MemoryReport; roofline: RooflineReport; messages?: Messages }> => {
    try {
      return { memory: await args.memory(), roofline: await args.roofline(peaks, config), messages: await args.messages() };
    } catch (error) {
      // Asked again, it is tried again.
      made = undefined;
      const withheld = `The arguments of the records could not be read again: ${error instanceof Error ? error.message : String(error)}`;
      const memory = reportMemory(trace, analyses.gpu(), analyses.steps(), analyses.operatorCalls(), []);
      return { memory: { ...memory, timeline: { withheld } }, roofline: { rows: { withheld }, weightRead: { withheld } } };
    }
  };

  const make = async (): Promise<Analysis> => {
    const { memory, roofline, messages } = await fromArgs();
    const [steps, gpu] = [analyses.steps(), analyses.gpuReport()];
    const facts: RunFacts = {
      trace,
      index: analyses.gpu(),
      steps,
      rows: analyses.stepRows(),
      phases: analyses.phases(),
      gpu,
      gaps: analyses.gaps(),
      launches: analyses.launches(),
      communication: messages ? reportCommunication(trace, analyses.gpu(), steps, gpu, messages) : analyses.communication(),
      memory,
      operators: analyses.operators(),
      roofline,
      markedSteps: findMarks(trace)?.startNs.length ?? 0,
      peak: roofline.peak,
      cpu: cpuSlices(trace),
      find,
    };
    const { rows, phases, gaps, launches, communication, operators } = facts;
    return {
      headline: stepsHeadline(steps.report),
      facts: factsLine(facts),
      steps: { ...steps.report, steps: rows },
      phases,
      gpu: { ...gpu, idleWithheld: idleWithheld(facts) },
      gaps,
      launches,
      communication,
      memory,
      operators,
      categories: analyses.categories(),
      roofline,
      verdict: verdicts(facts),
      findings: findings(facts),
      health: healthChecks(facts),
    };
  };
  return {
    analysis: () => (made ??= make()),
    operatorsByShape: () => args.operatorsByShape(),
    flame: async (track, span, order, minNs) => flame(trace, analyses.gpu(), track, span, order, minNs),
  };
}
