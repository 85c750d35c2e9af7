/** Regular expressions that people type, kept from running for ever. */

/** More repetitions than any search needs. */
const MAX_REPEATS = 8;
const TOO_SLOW = 'This expression could take for ever: simplify what is repeated inside a repeated group.';

/** The expression, or one sentence that says why it cannot be used. */
export function parsePattern(source: string, flags: string): RegExp | string {
  if (repeatsRepetition(source)) return TOO_SLOW;
  try {
    return new RegExp(source, flags.includes('i') ? 'i' : '');
  } catch (error) {
    return `This is not a regular expression: ${error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : source}.`;
  }
}

/** Backtracking explodes where a repeated group can itself match in many ways: by a repetition or an alternative inside. */
function repeatsRepetition(source: string): boolean {
  const groups: boolean[] = [];
  let repeats = 0;
  let ambiguous = false;
  for (let at = 0; at < source.length; at++) {
    const letter = source[at];
    if (letter === '\\') at++;
    else if (letter === '[') at = endOfClass(source, at);
    else if (letter === '(') {
      groups.push(ambiguous);
      ambiguous = false;
    } else if (letter === '|') ambiguous = true;
    else if (letter === ')') {
      if (ambiguous && isRepeat(source, at + 1)) return true;
      ambiguous = ambiguous || groups.pop() === true;
    } else if (isRepeat(source, at)) {
      ambiguous = true;
      repeats++;
    }
  }
  return repeats > MAX_REPEATS;
}

function isRepeat(source: string, at: number): boolean {
  return source[at] === '*' || source[at] === '+' || /^\{\d+(,\d*)?\}/.test(source.slice(at));
}

function endOfClass(source: string, open: number): number {
  for (let at = open + 1; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === ']') return at;
  }
  return source.length;
}
