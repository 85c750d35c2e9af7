/**
 * Preloaded by `npm test`: properties are tried with the same inputs each time, so that a run can be repeated and a failure is
 * somebody's change. FUZZ_SEED=random, or a number, tries others.
 */
import fc from 'fast-check';

const { FUZZ_SEED = '20260' } = process.env;
if (FUZZ_SEED !== 'random') fc.configureGlobal({ seed: Number(FUZZ_SEED) });
