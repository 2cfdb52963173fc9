/** A text without what is fenced in it: blocks and spans of code in Markdown, and words between “ and ”. What is left is read as ours. */
export function outsideFences(markdown: string): string {
  return withoutQuotes(withoutSpans(withoutBlocks(markdown)));
}

function withoutBlocks(markdown: string): string {
  const kept: string[] = [];
  let fence: string | null = null;
  for (const line of markdown.split('\n')) {
    const ticks = /^\s*(`{3,})/.exec(line)?.[1];
    if (fence === null && ticks !== undefined) fence = ticks;
    else if (fence === null) kept.push(line);
    else if (ticks !== undefined && ticks.length >= fence.length && line.trim() === ticks) fence = null;
  }
  // What opens and never ends is no fence.
  return fence === null ? kept.join('\n') : markdown;
}

function withoutSpans(markdown: string): string {
  return markdown.replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, ' ');
}

function withoutQuotes(text: string): string {
  return text.replace(/“[^“”\n]*”/g, ' ');
}

/** Strings of a JSON report that a reader takes for sentences of ours: all but evidence and what is published as data of records. */
export function proseOf(report: unknown): string[] {
  const found: string[] = [];
  const visit = (value: unknown, key: string): void => {
    if (typeof value === 'string') {
      if (key !== 'sample' && key !== 'location') found.push(withoutQuotes(value));
    } else if (Array.isArray(value)) for (const entry of value) visit(entry, key);
    else if (typeof value === 'object' && value !== null) {
      const isUntrusted = 'untrusted' in value && value.untrusted === true;
      for (const [name, entry] of Object.entries(value)) {
        if (name === 'data' || (isUntrusted && name === 'text')) continue;
        visit(entry, name);
      }
    }
  };
  visit(report, '');
  return found;
}

/** Spelled as a reader sees it: without escapes, entities and case. */
export function readably(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/\\(?=[\\`*_[\]!~$])/g, '')
    .replace(/\s+/g, ' ')
    .toLowerCase();
}
