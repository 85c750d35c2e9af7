/** The output channel "Kernel Lens", and the one way in which something that failed reaches the user. */
import { window } from 'vscode';

export const log = window.createOutputChannel('Kernel Lens', { log: true });

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Shows what failed in one sentence; the stack goes to the log. For promises that nobody waits for. */
export function report(error: unknown): void {
  log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  void window.showErrorMessage(`Kernel Lens: ${messageOf(error)}`);
}
