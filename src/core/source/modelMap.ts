/** From the name of an architecture to the calls of its decoder layer, in order, each with its line. */
import type { ModelMap, Slot, SourceFiles } from '../../shared/model.js';
import type { Vendor } from '../trace/vendor.js';
import type { Call } from './model/calls.js';
import { Evaluator } from './model/evaluate.js';
import { type Walk, walkModel } from './model/forward.js';
import { type Module, parseModule } from './model/syntax.js';
import type { Instance, Value } from './model/values.js';
import type { SymbolIndex } from './symbols.js';

/** Files that are read because a name led to them; a model needs 5 to 60. */
const MOST_ROUNDS = 60;

/** Syntax trees, by the set of files that an index holds: an update of the index makes another set. */
const parsed = new WeakMap<SymbolIndex['files'], Map<Vendor | undefined, Map<string, Module>>>();

/** Reads the few files that the model needs and walks its forward functions, as they run on a vendor's GPUs. */
export async function mapModel(files: SourceFiles, root: string, symbols: SymbolIndex, architecture: string, vendor?: Vendor): Promise<ModelMap> {
  const empty: ModelMap = { architecture, layerClass: '', classes: [], slots: [], warnings: [] };
  const entry = symbols.registry.get(architecture);
  if (!entry) return { ...empty, warnings: [`${architecture} is not in the model registry of ${root}.`] };
  if (/(?:^|\.)transformers\b/.test(entry.module))
    return {
      ...empty,
      warnings: [`${architecture} runs through vLLM's Transformers backend: its layers are defined in the transformers package, not in ${root}.`],
    };
  const ofFiles = parsed.get(symbols.files) ?? new Map<Vendor | undefined, Map<string, Module>>();
  const modules = ofFiles.get(vendor) ?? new Map<string, Module>();
  parsed.set(symbols.files, ofFiles.set(vendor, modules));
  for (let round = 0; ; round++) {
    const evaluator = new Evaluator(modules, symbols);
    const model = evaluator.architecture(architecture).find(isInstance);
    const walk = model && walkModel(evaluator, model, ['forward', 'compute_logits', 'sample']);
    if (evaluator.missing.size === 0 || round === MOST_ROUNDS) {
      if (!model || !walk) return { ...empty, warnings: [`The class ${entry.className} of ${architecture} was not found in ${entry.module}.`] };
      const map = modelMap(architecture, model, walk);
      for (const place of evaluator.chosenAtRunTime)
        map.warnings.push(`The model created in ${place} is chosen by the configuration; give its architecture to see its layers.`);
      return map;
    }
    await Promise.all(
      [...evaluator.missing].map(async (path) => {
        modules.set(
          path,
          parseModule(
            path,
            await files.read(root, path),
            path
              .replace(/^python\//, '')
              .replace(/(?:\/__init__)?\.py$/, '')
              .replaceAll('/', '.'),
            vendor,
          ),
        );
      }),
    );
  }
}

function isInstance(value: Value): value is Instance {
  return value.kind === 'instance';
}

function modelMap(architecture: string, model: Instance, walk: Walk): ModelMap {
  const layers = layerPath(walk.calls);
  const warnings: string[] = [];
  const layerClasses = walk.visited.filter(({ path }) => layers !== '' && path === layers);
  if (layers === '' || layerClasses.length === 0)
    warnings.push(`No decoder layers were found in ${model.name}: its forward calls nothing in a loop that is known to be a layer.`);
  return {
    architecture,
    layerClass: layerClasses[0]?.className ?? '',
    classes: walk.visited.toSorted((a, b) => depth(a.path) - depth(b.path)),
    slots: slots(walk.calls, layers),
    warnings,
  };
}

function depth(path: string): number {
  return path === '' ? 0 : path.split('.').length;
}

/** The list whose elements hold the most attention and linear calls: "model.layers.*"; '' without one. */
function layerPath(calls: readonly Call[]): string {
  const weights = new Map<string, number>();
  for (const { path, role } of calls) {
    const at = path.indexOf('.*.');
    if (at < 0) continue;
    const layer = path.slice(0, at + 2);
    weights.set(layer, (weights.get(layer) ?? 0) + (role === 'attention' || role === 'linearAttention' ? 100 : 1));
  }
  return [...weights].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

function slots(calls: readonly Call[], layers: string): Slot[] {
  const isInLayer = ({ path }: Call): boolean => layers !== '' && path.startsWith(`${layers}.`);
  const first = calls.findIndex(isInLayer);
  const above = layers.slice(0, Math.max(0, layers.lastIndexOf('.', layers.length - 3) + 1));
  const called = new Set(calls.flatMap(({ injected, path, variant }) => (injected ? [] : [`${path} ${variant}`])));
  const seen = new Set<string>();
  const found: Slot[] = [];
  calls.forEach((call, at) => {
    const inLayer = isInLayer(call);
    const [place, ...others] = call.places;
    // The layers can be walked in two loops; they are the same layers.
    const key = `${call.path} ${call.variant} ${place?.file} ${place?.line}`;
    if (!place || seen.has(key) || (call.injected && called.has(`${call.path} ${call.variant}`))) return;
    seen.add(key);
    const { className, role, variant, optional, owner, forward } = call;
    const path = inLayer ? call.path.slice(layers.length + 1) : above !== '' && call.path.startsWith(above) ? call.path.slice(above.length) : call.path;
    const section = inLayer ? 'layer' : at < first ? 'before' : 'after';
    found.push({ id: found.length, path, className, role, section, variant, optional, call: place, otherCalls: others, owner, forward });
  });
  return found;
}
