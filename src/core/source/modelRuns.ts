/** Steps in which more than one model runs: a draft model guesses tokens before the next step, or after each guess. */

export interface Run {
  /** of the kernels */
  from: number;
  to: number;
  /** of the anchors */
  firstLayer: number;
  layers: number;
}

/** More borders than this share of the layers are no borders: the model itself picks, as routers do that use a softmax. */
const MOST_BORDERS = 0.5;

/**
 * The runs of models in a step, in time order: between two of them tokens are sampled. `anchors` are indices of kernels where layers
 * have their attention, `sampled` is how many kernels that sample came before each kernel.
 */
export function modelRuns(anchors: readonly number[], sampled: Int32Array): Run[] {
  const borders = anchors.flatMap((anchor, layer) => (layer > 0 && sampled[anchor] > sampled[anchors[layer - 1]] ? [layer] : []));
  const firsts = borders.length > MOST_BORDERS * anchors.length ? [0] : [0, ...borders];
  const starts = firsts.map((layer) => (layer === 0 ? 0 : sampled.indexOf(sampled[anchors[layer]], anchors[layer - 1])));
  return firsts.map((firstLayer, run) => ({
    from: starts[run],
    to: starts[run + 1] ?? sampled.length,
    firstLayer,
    layers: (firsts[run + 1] ?? anchors.length) - firstLayer,
  }));
}

/** The model that is served is the largest. */
export function mainRun(runs: readonly Run[]): Run {
  return runs.reduce((most, run) => (run.layers > most.layers ? run : most));
}
