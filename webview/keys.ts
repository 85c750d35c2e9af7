/** Every action of the view, in one table: key handling, the help sheet and the palette commands all read it. */

export interface Action {
  name: string;
  /** what the palette and the help sheet call it */
  title: string;
  group: 'Move' | 'Select' | 'Search' | 'View';
  /** as people read them; the first is the one that hints show */
  keys: readonly string[];
}

export const ACTIONS = [
  { name: 'zoomIn', title: 'Zoom In', group: 'Move', keys: ['W', '+'] },
  { name: 'zoomOut', title: 'Zoom Out', group: 'Move', keys: ['S', '-'] },
  { name: 'panLeft', title: 'Pan Left', group: 'Move', keys: ['A'] },
  { name: 'panRight', title: 'Pan Right', group: 'Move', keys: ['D'] },
  { name: 'focus', title: 'Focus Selection, Again to Fit', group: 'Move', keys: ['F'] },
  { name: 'wholeTrace', title: 'Show Whole Trace', group: 'Move', keys: ['0'] },
  { name: 'goTo', title: 'Go to Step or Track', group: 'Move', keys: ['G'] },
  { name: 'previousSlice', title: 'Previous Slice', group: 'Select', keys: ['ArrowLeft'] },
  { name: 'nextSlice', title: 'Next Slice', group: 'Select', keys: ['ArrowRight'] },
  { name: 'sliceUp', title: 'Lane Up', group: 'Select', keys: ['ArrowUp'] },
  { name: 'sliceDown', title: 'Lane Down', group: 'Select', keys: ['ArrowDown'] },
  { name: 'previousSameName', title: 'Previous of Same Name', group: 'Select', keys: [','] },
  { name: 'nextSameName', title: 'Next of Same Name', group: 'Select', keys: ['.'] },
  { name: 'toLaunch', title: 'To the Launch', group: 'Select', keys: ['['] },
  { name: 'toKernel', title: 'To the Kernel', group: 'Select', keys: [']'] },
  { name: 'mark', title: 'Mark Selection', group: 'Select', keys: ['M'] },
  { name: 'keepMark', title: 'Mark Selection and Keep Other Marks', group: 'Select', keys: ['Shift+M'] },
  { name: 'selectModule', title: 'Select the Module Around', group: 'Select', keys: ['E'] },
  { name: 'goToModelCode', title: 'Go to Model Code', group: 'Select', keys: ['C'] },
  { name: 'goToKernelSource', title: 'Go to Kernel Source', group: 'Select', keys: ['K'] },
  { name: 'focusSearch', title: 'Search', group: 'Search', keys: ['/'] },
  { name: 'nextHit', title: 'Next Hit', group: 'Search', keys: ['Enter'] },
  { name: 'previousHit', title: 'Previous Hit', group: 'Search', keys: ['Shift+Enter'] },
  { name: 'pin', title: 'Pin or Unpin Track', group: 'View', keys: ['P'] },
  { name: 'foldFrames', title: 'Fold or Unfold Frames', group: 'View', keys: ['U'] },
  { name: 'toggleDrawer', title: 'Show or Hide Drawer', group: 'View', keys: ['Q'] },
  { name: 'overview', title: 'Show Overview', group: 'View', keys: ['1'] },
  { name: 'timeline', title: 'Show Timeline', group: 'View', keys: ['2'] },
  { name: 'kernels', title: 'Show Kernels', group: 'View', keys: ['3'] },
  { name: 'steps', title: 'Show Steps', group: 'View', keys: ['4'] },
  { name: 'operators', title: 'Show Operators', group: 'View', keys: ['5'] },
  { name: 'communication', title: 'Show Communication', group: 'View', keys: ['6'] },
  { name: 'memory', title: 'Show Memory', group: 'View', keys: ['7'] },
  { name: 'model', title: 'Show Model', group: 'View', keys: ['8'] },
  { name: 'help', title: 'Keyboard Shortcuts', group: 'View', keys: ['?'] },
  { name: 'escape', title: 'Undo Selection, Then Search', group: 'View', keys: ['Escape'] },
] as const satisfies readonly Action[];

export type ActionName = (typeof ACTIONS)[number]['name'];

/** What the mouse does, for the help sheet. */
export const GESTURES = [
  { title: 'Select a slice', keys: ['Click'] },
  { title: 'Zoom to a slice', keys: ['Double-click'] },
  { title: 'Select an area', keys: ['Drag'] },
  { title: 'Pan', keys: ['Shift+Drag', 'Shift+Wheel'] },
  { title: 'Zoom at the pointer', keys: ['Ctrl+Wheel'] },
  { title: 'Scroll the tracks', keys: ['Wheel'] },
] as const;

/** The parts of a KeyboardEvent that decide. */
export interface KeyPress {
  key: string;
  code: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/**
 * The key's name as the table writes it. Letters and digits go by their place on the keyboard, so that W A S D lie
 * together on every layout; everything else by what it types, wherever the layout hides it.
 */
function keyName({ key, code, shiftKey }: KeyPress): string {
  const place = /^(?:Key([A-Z])|(?:Digit|Numpad)([0-9]))$/.exec(code);
  const typed = key.length === 1 && !/[\p{L}\p{N}]/u.test(key);
  if (place && !typed) return (shiftKey ? 'Shift+' : '') + (place[1] ?? place[2]);
  return (shiftKey && key.length > 1 ? 'Shift+' : '') + key;
}

const byKey = new Map<string, ActionName>(ACTIONS.flatMap(({ name, keys }) => keys.map((key) => [key, name] as const)));

/** The action that a key press means. Ctrl and Meta belong to the editor; Alt only counts where it is needed to type the key. */
export function actionOf(press: KeyPress): ActionName | undefined {
  const altGr = press.altKey && press.ctrlKey;
  if (!altGr && (press.ctrlKey || press.metaKey || press.altKey)) return undefined;
  return byKey.get(keyName(press));
}

const actionNames = new Set<string>(ACTIONS.map(({ name }) => name));

/** Whether a text from outside, a command's argument, is an action. */
export function isAction(name: string): name is ActionName {
  return actionNames.has(name);
}
