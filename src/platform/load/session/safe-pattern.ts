/**
 * A regular expression of the scenario's author. It is run on untrusted bodies by a thread that must not stop: a quantifier without end
 * over a group that holds another one backtracks exponentially (`(a+)+$`), so such a pattern is refused. Together with the bound on
 * the text that leaves at worst a polynomial.
 *
 * Throws with a message for people.
 */
export function compilePattern(source: string): RegExp {
  const pattern = new RegExp(source);
  if (nestsQuantifiers(source)) {
    throw new Error(
      'one repetition without end inside another, which may take for ever on some bodies; give the inner one an end such as {1,50}',
    );
  }
  return pattern;
}

/** Whether a group that holds an endless repetition is itself repeated without end. */
function nestsQuantifiers(source: string): boolean {
  /** For each open group: whether an endless repetition was seen in it. */
  const open: boolean[] = [false];
  let position = 0;
  while (position < source.length) {
    const char = source[position];
    if (char === '(') open.push(false);
    else if (char === ')') {
      const inner = open.pop() ?? false;
      const repeated = isEndless(source, position + 1);
      if (inner && repeated) return true;
      if (inner || repeated) open[open.length - 1] = true;
    } else {
      if (char === '\\') position += 1;
      else if (char === '[') position = endOfClass(source, position);
      if (isEndless(source, position + 1)) open[open.length - 1] = true;
    }
    position += 1;
  }
  return false;
}

/** `*`, `+` or `{3,}` at this position. */
function isEndless(source: string, position: number): boolean {
  const char = source[position];
  return (
    char === '*' || char === '+' || (char === '{' && /^\{\d*,\}/.test(source.slice(position, position + 24)))
  );
}

function endOfClass(source: string, start: number): number {
  let position = start + 1;
  while (position < source.length && source[position] !== ']') position += source[position] === '\\' ? 2 : 1;
  return position;
}
