/**
 * The controls of the view, and the only user of the webview UI toolkit. The toolkit is archived, so only leaf
 * controls come from it and nothing of it shows outside: replacing it is a change of this file.
 */
import {
  Button,
  Dropdown,
  Option,
  provideVSCodeDesignSystem,
  TextField,
  vsCodeButton,
  vsCodeDivider,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { type IconName, icon } from './panels/icons.js';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDivider(), vsCodeDropdown(), vsCodeOption(), vsCodeProgressRing(), vsCodeTextField());

function make<Control extends HTMLElement>(tag: string, type: new () => Control): Control {
  const element = document.createElement(tag);
  if (!(element instanceof type)) throw new Error(`<${tag}> is not defined`);
  return element;
}

export interface ButtonOptions {
  icon?: IconName;
  primary?: boolean;
  /** what a screen reader says where the label alone does not tell */
  description?: string;
  onClick(): void;
}

/** A button with a text. */
export function button(label: string, { icon: iconName, primary, description, onClick }: ButtonOptions): HTMLElement {
  const element = make('vscode-button', Button);
  element.setAttribute('appearance', primary ? 'primary' : 'secondary');
  if (description) element.setAttribute('aria-label', description);
  if (iconName) {
    const image = icon(iconName);
    image.setAttribute('slot', 'start');
    element.append(image);
  }
  element.append(label);
  element.addEventListener('click', onClick);
  return element;
}

/** A button that is only an icon; the label is its tooltip and its name. */
export function iconButton(label: string, iconName: IconName, onClick: () => void): HTMLElement {
  const element = make('vscode-button', Button);
  element.setAttribute('aria-label', label);
  element.setAttribute('appearance', 'icon');
  element.title = label;
  element.append(icon(iconName));
  element.addEventListener('click', onClick);
  return element;
}

export interface Field {
  element: HTMLElement;
  value: string;
  focus(): void;
  /** marks the text as unusable for screen readers and in colour */
  setInvalid(invalid: boolean): void;
}

/** A line of text with an icon before it. Elements in `end` stand inside it at the right. */
export function textField(label: string, placeholder: string, iconName: IconName, onInput: (value: string) => void, end: HTMLElement[] = []): Field {
  const element = make('vscode-text-field', TextField);
  element.setAttribute('aria-label', label);
  element.placeholder = placeholder;
  const image = icon(iconName);
  image.setAttribute('slot', 'start');
  element.append(image);
  for (const one of end) one.setAttribute('slot', 'end');
  element.append(...end);
  element.addEventListener('input', () => onInput(element.value));
  return {
    element,
    get value() {
      return element.value;
    },
    set value(text: string) {
      if (element.value !== text) element.value = text;
    },
    focus: () => {
      element.focus();
      element.control.select();
    },
    setInvalid: (invalid) => {
      element.classList.toggle('invalid', invalid);
      element.setAttribute('aria-invalid', String(invalid));
    },
  };
}

export interface Choice<Value extends string> {
  element: HTMLElement;
  value: Value;
}

/** One of a few values. */
export function dropdown<Value extends string>(
  label: string,
  options: readonly { value: Value; text: string }[],
  onChange: (value: Value) => void,
): Choice<Value> {
  const element = make('vscode-dropdown', Dropdown);
  element.setAttribute('aria-label', label);
  for (const { value, text } of options) {
    const option = make('vscode-option', Option);
    option.value = value;
    option.textContent = text;
    element.append(option);
  }
  const chosen = (): Value => options[Math.max(0, element.selectedIndex)]!.value;
  element.addEventListener('change', () => onChange(chosen()));
  return {
    element,
    get value() {
      return chosen();
    },
    set value(value: Value) {
      const index = options.findIndex((option) => option.value === value);
      if (index !== element.selectedIndex) element.selectedIndex = index;
    },
  };
}

/** Shows that something is under way whose length is not known. */
export function progressRing(): HTMLElement {
  const element = document.createElement('vscode-progress-ring');
  element.setAttribute('aria-label', 'Loading');
  return element;
}

export function divider(): HTMLElement {
  return document.createElement('vscode-divider');
}
