/** Text for Markdown. Names of a trace hold pipes, stars, underscores and angle brackets, which Markdown would take for its own. */
export function markdownText(text: string): string {
  return text.replace(/[\\|`*_<>[\]]/g, '\\$&').replace(/[\r\n]+/g, ' ');
}
