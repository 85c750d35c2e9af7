import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { HEAT_PERCENT } from '../../../src/host/lineText.js';
import { KERNEL_CATEGORIES } from '../../../src/shared/protocol.js';
import { ACTIONS } from '../../../webview/keys.js';

const text = readFileSync('package.json', 'utf8');
const manifest = JSON.parse(text);
const nls: Record<string, string> = JSON.parse(readFileSync('package.nls.json', 'utf8'));
const { commands, menus, configuration, colors, views, viewsContainers } = manifest.contributes;
const names: string[] = commands.map(({ command }: { command: string }) => command);
const host = readdirSync('src/host').map((file) => readFileSync(`src/host/${file}`, 'utf8'));

test('every text in the manifest has a translation, and every translation is used', () => {
  const used = [...text.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key!);
  assert.deepEqual([...new Set(used)].sort(), Object.keys(nls).sort());
});

test('every action of the view is a command of the same title', () => {
  const actions = commands.filter(({ command }: { command: string }) => command.startsWith('kernelLens.view.'));
  assert.deepEqual(
    actions.map(({ command, title }: { command: string; title: string }) => [command.slice('kernelLens.view.'.length), nls[title.slice(1, -1)]]),
    ACTIONS.map(({ name, title }) => [name, title]),
  );
});

test('every menu entry is a command', () => {
  const used = Object.values(menus).flatMap((entries) => (entries as { command: string }[]).map(({ command }) => command));
  assert.deepEqual(
    used.filter((command) => !names.includes(command)),
    [],
  );
});

test('every setting is read, and every setting that is read exists', () => {
  const read = host.flatMap((source) => [...source.matchAll(/setting\('([\w.]+)'\)/g)].map(([, name]) => `kernelLens.${name}`));
  assert.deepEqual([...new Set(read)].sort(), Object.keys(configuration.properties).sort());
});

test('every kernel category and every heat has a colour in each kind of theme', () => {
  assert.deepEqual(
    colors.map(({ id }: { id: string }) => id),
    [...KERNEL_CATEGORIES.map((category) => `kernelLens.category.${category}`), ...HEAT_PERCENT.map((_, heat) => `kernelLens.heat.${heat + 1}`)],
  );
  for (const { defaults } of colors) assert.deepEqual(Object.keys(defaults).sort(), ['dark', 'highContrast', 'highContrastLight', 'light']);
});

test('the icons exist', () => {
  const heat = ['dark', 'light'].flatMap((theme) => HEAT_PERCENT.map((_, index) => `media/heat-${theme}-${index + 1}.svg`));
  const icons: string[] = [viewsContainers.activitybar[0].icon, views.kernelLens[0].icon, manifest.icon, ...heat];
  assert.deepEqual(
    icons.filter((icon) => !existsSync(icon)),
    [],
  );
});
