/** Keeps a slow answerer from being flooded: one question at a time, and of those that come meanwhile only the last. */

/**
 * Gives a function that asks. `answered` gets every answer with its question; a failed question is dropped, since the
 * next gesture asks again.
 */
export function latest<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
  answered: (answer: Answer, question: Question) => void,
): (question: Question) => void {
  let waiting: { question: Question } | undefined;
  let busy = false;
  const next = async (question: Question): Promise<void> => {
    busy = true;
    const answer = await ask(question).then(
      (value) => ({ value }),
      () => undefined,
    );
    busy = false;
    if (answer) answered(answer.value, question);
    if (waiting && !busy) {
      const { question: newer } = waiting;
      waiting = undefined;
      void next(newer);
    }
  };
  return (question) => {
    if (busy) waiting = { question };
    else void next(question);
  };
}
