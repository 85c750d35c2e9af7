/** What a layer of each model of a tree has, as far as kernels show it: mapping hundreds of models takes seconds, so it is stored. */
import { type ModelMap, SLOT_ROLES, type SlotRole, type SourceFiles } from '../../shared/model.js';
import { mapModel } from '../source/modelMap.js';
import type { SymbolIndex, TreeStore } from '../source/symbols.js';
import type { Vendor } from '../trace/vendor.js';

export interface LayerProfile {
  architecture: string;
  /** of its class */
  file: string;
  /** fewest and most linear slots, gates of experts among them, that one layer can have */
  linear: [number, number];
  norms: number;
  /** roles that layers can have */
  roles: ReadonlySet<SlotRole>;
  /** roles that every layer has */
  always: ReadonlySet<SlotRole>;
}

/** Begins the text that is stored. Another form needs another line. */
const HEAD = 'layers 1';

/** All models of a tree whose layers are known, as they run on a vendor's GPUs. */
export async function layerProfiles(files: SourceFiles, index: SymbolIndex, vendor: Vendor | undefined, store?: TreeStore): Promise<LayerProfile[]> {
  const key = [HEAD, index.root, vendor, index.stamp].join('\n');
  const stored = await store?.load(key);
  if (stored?.startsWith(HEAD)) return parseProfiles(stored);
  // Syntax trees are kept as long as the set of files that they are of: these are too many to keep.
  const symbols = { ...index, files: new Set(index.files) };
  const ofClass = new Map<string, LayerProfile | undefined>();
  const profiles: LayerProfile[] = [];
  for (const [architecture, { group, module, className }] of index.registry) {
    // Draft models run beside another one.
    if (group.startsWith('SPECULATIVE')) continue;
    const name = `${module}.${className}`;
    if (!ofClass.has(name)) {
      // A model that cannot be mapped cannot be linked either.
      const model = await mapModel(files, index.root, symbols, architecture, vendor).catch(() => undefined);
      ofClass.set(name, model && profileOf(model));
    }
    const profile = ofClass.get(name);
    if (profile) profiles.push({ ...profile, architecture });
  }
  await store?.save(key, profilesText(profiles));
  return profiles;
}

/** Undefined for a model without layers. */
export function profileOf({ architecture, classes, slots }: ModelMap): LayerProfile | undefined {
  const mine = slots.filter(({ section }) => section === 'layer');
  if (mine.length === 0) return undefined;
  const certain = mine.filter(({ optional, variant }) => !optional && variant === '');
  const linear = [certain, mine].map((some) => some.filter(({ role }) => role === 'linear' || role === 'router').length);
  return {
    architecture,
    file: classes[0]?.place.file ?? '',
    linear: [linear[0], linear[1]],
    norms: mine.filter(({ role }) => role === 'norm').length,
    roles: new Set(mine.map(({ role }) => role)),
    always: new Set(certain.map(({ role }) => role)),
  };
}

function profilesText(profiles: readonly LayerProfile[]): string {
  const lines = profiles.map(({ architecture, file, linear, norms, roles, always }) =>
    [architecture, file, ...linear, norms, [...roles].join(), [...always].join()].join('\t'),
  );
  return [HEAD, ...lines].join('\n');
}

function parseProfiles(text: string): LayerProfile[] {
  const rolesIn = (list: string): Set<SlotRole> => new Set(SLOT_ROLES.filter((role) => list.split(',').includes(role)));
  return text
    .split('\n')
    .slice(1)
    .map((line) => {
      const [architecture, file = '', fewest, most, norms, roles = '', always = ''] = line.split('\t');
      return { architecture, file, linear: [Number(fewest), Number(most)], norms: Number(norms), roles: rolesIn(roles), always: rolesIn(always) };
    });
}
