/** Links the kernels of a trace to model code when asked: a tree is indexed once, and linked once for each model. */
import type { Candidate, LinkReport, LinkRequest, ModelMap, SourceFiles } from '../../shared/model.js';
import type { Records } from '../read/read.js';
import { mapModel } from '../source/modelMap.js';
import { indexSymbols, type SymbolIndex, type TreeStore } from '../source/symbols.js';
import type { Trace } from '../trace/trace.js';
import { type Vendor, vendorOf } from '../trace/vendor.js';
import type { Analyses } from './analyses.js';
import { layerShapes, rankModels } from './candidates.js';
import { readCapture } from './capture.js';
import { readCompilerOutput } from './compilerOutput.js';
import { notedModules } from './graphNotes.js';
import { architecturesIn, pipelineStage } from './identity.js';
import { layerProfiles } from './layerProfiles.js';
import type { Linked } from './linked.js';
import { linkTrace } from './linkTrace.js';

/** What the platform brings: source files, and traces beside the one that is open. */
export interface Sources {
  files: SourceFiles;
  /** absent where nothing is kept */
  store?: TreeStore;
  openTrace(path: string): Promise<BesideTrace>;
}

export interface BesideTrace {
  trace: Trace;
  records: Records;
  /** absent where nothing is held open */
  close?(): Promise<void>;
}

export interface Linking {
  link(request: LinkRequest): Promise<LinkReport>;
  candidates(root: string): Promise<Candidate[]>;
}

/** `onLinked` is told what the last answered `link` found: searches, details and labels follow it. */
export function createLinking(
  trace: Trace,
  records: Records,
  fileName: string,
  analyses: Analyses,
  sources: Sources | undefined,
  onLinked: (linked: Linked) => void,
): Linking {
  const indexes = new Map<string, Promise<SymbolIndex>>();
  const links = new Map<string, Promise<Linked>>();

  const sourcesHere = (): Sources => {
    if (sources === undefined) throw new Error('Source files cannot be read here, so kernels cannot be linked to model code.');
    return sources;
  };
  const indexOf = (root: string): Promise<SymbolIndex> => kept(indexes, root, () => indexSymbols(sourcesHere().files, root, sources?.store));

  const linkNow = async ({ root, architecture, capture, artifacts }: LinkRequest): Promise<Linked> => {
    if (analyses.gpu().kernels.length === 0) throw new Error('No kernels were recorded, so there is nothing to link to model code.');
    const index = await indexOf(root);
    if (architecture !== undefined && !index.registry.has(architecture)) throw new Error(`${architecture} is no model of the source in ${root}.`);
    const architectures = architecture === undefined ? architecturesIn(analyses.frames(), index) : [architecture];
    const model = await modelOf(sourcesHere().files, index, architectures, vendorOf(trace));
    return linkTrace(trace, analyses, index, model, {
      capture: capture === undefined ? undefined : await readCapture(await sourcesHere().openTrace(capture)),
      compiler: artifacts === undefined ? undefined : await readCompilerOutput(sourcesHere().files, artifacts, analyses.frames()),
      notedModules: await notedModules(trace, records, analyses.gpu().work),
      stage: pipelineStage(fileName),
    });
  };

  return {
    async link(request) {
      const { root, architecture = '', capture = '', artifacts = '', changed = [] } = request;
      if (changed.length > 0) {
        await (await indexOf(root)).update(changed);
        links.clear();
      }
      const linked = await kept(links, [root, architecture, capture, artifacts].join('\n'), () => linkNow(request));
      onLinked(linked);
      return linked.report;
    },
    async candidates(root) {
      const index = await indexOf(root);
      const profiles = await layerProfiles(sourcesHere().files, index, vendorOf(trace), sources?.store);
      return rankModels(profiles, layerShapes(trace, analyses));
    },
  };
}

/** The first of the architectures that has layers; a wrapper may name its language model only when it runs. */
async function modelOf(files: SourceFiles, index: SymbolIndex, architectures: readonly string[], vendor: Vendor | undefined): Promise<ModelMap> {
  let best: ModelMap | undefined;
  for (const architecture of architectures) {
    const model = await mapModel(files, index.root, index, architecture, vendor);
    if (model.slots.some(({ section }) => section === 'layer')) return model;
    best ??= model;
  }
  if (best === undefined) throw new Error('Which model ran? The recording does not name it: choose one of the models of the source tree.');
  return best;
}

/** Makes each thing once; what failed is tried again when asked for again. */
function kept<T>(all: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = all.get(key);
  if (known !== undefined) return known;
  const made = make();
  all.set(key, made);
  made.catch(() => all.delete(key));
  return made;
}
