/** What engines write around a step, read back: vLLM and SGLang of every generation that annotates, ATOM, and patched builds. */
import type { Phase } from '../../shared/protocol.js';

/** What a step's own annotation says. */
export interface StepNote {
  phase: Phase;
  tokens?: number;
  requests?: number;
}

type Reader = (numbers: number[], words: string[]) => StepNote;

const phaseOf = (context: number, generation: number): Phase => (context > 0 ? (generation > 0 ? 'mixed' : 'prefill') : generation > 0 ? 'decode' : 'unknown');

const contextAndGeneration = (context: number, contextTokens: number, generation: number, generationTokens: number): StepNote => ({
  phase: phaseOf(context, generation),
  tokens: contextTokens + generationTokens,
  requests: context + generation,
});

const SGLANG_PHASES: Readonly<Record<string, Phase>> = { EXTEND: 'prefill', DECODE: 'decode', MIXED: 'mixed', TARGET_VERIFY: 'decode', VERIFY: 'decode' };

const READERS: readonly (readonly [RegExp, Reader])[] = [
  // vLLM 0.14 and later: requests in prefill (their tokens), requests in decode (their tokens)
  [
    /^execute_context_(\d+)\((\d+)\)_generation_(\d+)\((\d+)\)$/,
    ([context, contextTokens, generation, generationTokens]) => contextAndGeneration(context, contextTokens, generation, generationTokens),
  ],
  // patched builds of December 2025; the second number in brackets is a sum of squares
  [
    /^execute_context_(\d+)\((\d+)_\d+\)_generation_(\d+)\((\d+)(?:_\d+)?\)$/,
    ([context, contextTokens, generation, generationTokens]) => contextAndGeneration(context, contextTokens, generation, generationTokens),
  ],
  // vLLM 0.26 and later, detailed: sq are query tokens
  [
    /^execute_\d+_context_(\d+)\(sq(\d+)sk\d+sqsq\d+sqsk\d+\)_generation_(\d+)\(sq(\d+)sk\d+sqsq\d+sqsk\d+\)$/,
    ([context, contextTokens, generation, generationTokens]) => contextAndGeneration(context, contextTokens, generation, generationTokens),
  ],
  // vLLM 0.12 and 0.13: requests new and known
  [/^execute_new_(\d+)_cached_(\d+)$/, ([fresh, cached]) => ({ phase: phaseOf(fresh, cached), requests: fresh + cached })],
  [
    /^step\[([A-Z_]+)(?: raw_bs=\d+)? bs=(\d+)(?: toks=(\d+))?.*\]$/,
    ([requests, tokens], [mode]) => {
      const phase = SGLANG_PHASES[mode] ?? 'unknown';
      return { phase, requests, tokens: Number.isNaN(tokens) ? (mode === 'DECODE' ? requests : undefined) : tokens };
    },
  ],
  // ATOM
  [
    /^(prefill|decode)\[bs=(\d+)(?:\/\d+)? tok=(\d+).*\]$/,
    ([requests, tokens], [phase]) => ({ phase: phase === 'prefill' ? 'prefill' : 'decode', requests, tokens }),
  ],
  // AWS Neuron: the model that an execution ran, as our reader names it
  [/^nrt_execute \[(prefill|decode)\b.*\]$/, (_, [phase]) => ({ phase: phase === 'prefill' ? 'prefill' : 'decode' })],
];

/** A draft model's run inside a step of the target model: not a step of its own. */
const DRAFT = /^step\[DRAFT/;

/** What an annotation says of the step it encloses; undefined when it does not enclose an engine step. */
export function readStepNote(annotation: string): StepNote | undefined {
  if (DRAFT.test(annotation)) return undefined;
  for (const [pattern, read] of READERS) {
    const groups = pattern.exec(annotation)?.slice(1);
    if (groups === undefined) continue;
    return read(
      groups.filter((group) => group === undefined || /^\d+$/.test(group)).map((group) => (group === undefined ? Number.NaN : Number(group))),
      groups.filter((group) => group !== undefined && !/^\d+$/.test(group)),
    );
  }
  return undefined;
}

/** The step of a PyTorch profiler schedule: marks iterations, says nothing of what they do. */
export function isProfilerStep(annotation: string): boolean {
  return /^ProfilerStep#\d+$/.test(annotation);
}

/** The call that runs one engine step, where nothing is annotated: vLLM's worker and model runner, SGLang's model runner. */
export function isStepFrame(frame: string): boolean {
  return /(?:^|\/)(?:gpu_model_runner|gpu_worker|worker|model_runner)\.py\(\d+\): (?:execute_model|forward)$/.test(frame);
}
