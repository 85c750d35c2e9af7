/** Links a trace to one model of a source tree: what the analyses found, the model's slots, and what was recorded, brought together. */
import type { LinkReport, ModelMap } from '../../shared/model.js';
import type { NameId } from '../../shared/protocol.js';
import { definitionOf } from '../source/definitions.js';
import { linkKernels } from '../source/link.js';
import type { Known } from '../source/linkInput.js';
import { placeWork } from '../source/placement.js';
import { reportCosts } from '../source/report.js';
import { sourceSymbols } from '../source/sourceSymbols.js';
import type { SymbolIndex } from '../source/symbols.js';
import type { Trace } from '../trace/trace.js';
import type { Analyses } from './analyses.js';
import type { Linked } from './linked.js';

/** What was found beside the trace, in its name, or in its records. */
export interface Beside extends Pick<Known, 'capture' | 'compiler' | 'notedModules'> {
  /** of a pipeline, from 0 */
  stage?: number;
}

export function linkTrace(trace: Trace, analyses: Analyses, index: SymbolIndex, model: ModelMap, beside: Beside): Linked {
  const { stepOf, layerOf, report: steps } = analyses.steps();
  const { work, kernels } = analyses.gpu();
  const symbols = sourceSymbols(index);
  const links = linkKernels(trace, { work, stepOf, layerOf }, { ...beside, model, symbols });
  const placement = placeWork(model, trace.gpu.count, links);
  const definedAt = remembered((name: NameId) => definitionOf(trace.strings.get(name), symbols)?.place);
  const costs = reportCosts({ trace, model, kernels, phases: steps.steps.map(({ phase }) => phase), stepOf, linkOf: links.linkOf, placement, definedAt });
  const report: LinkReport = {
    ...costs,
    architecture: model.architecture,
    root: index.root,
    version: index.version,
    lineMatch: links.lineMatch,
    skew: links.skew,
    layersPerStep: links.layersPerStep,
    warnings: [...links.warnings, ...stageWarning(beside.stage), ...costs.warnings, ...model.warnings],
  };
  return { model, placement, layerOf: links.layer, linkOf: links.linkOf, definedAt, report };
}

function stageWarning(stage = 0): string[] {
  return stage === 0
    ? []
    : [`This is stage ${stage} of a pipeline, counted from 0: its layers are numbered from the first that it runs, not from the model's first.`];
}

/** Answers each question once. */
function remembered<Question, Answer>(answer: (question: Question) => Answer): (question: Question) => Answer {
  const known = new Map<Question, { answer: Answer }>();
  return (question) => {
    const mine = known.get(question) ?? { answer: answer(question) };
    known.set(question, mine);
    return mine.answer;
  };
}
