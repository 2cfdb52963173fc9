import { closingBracket, type Span, textOf, trimmed } from './calls.ts';
import { scanSource, type Source, type Syntax } from './source.ts';

const SYNTAX: Syntax = {
  lineComments: ['#'],
  blockComments: [['\n=begin', '\n=end']],
  strings: ['"', "'"],
  multiline: ['"', "'"],
  regularExpressions: true,
};

export function isRuby(path: string): boolean {
  return path.endsWith('.rb');
}

export function scanRuby(path: string, text: string): Source {
  return scanSource(path, text, SYNTAX);
}

/** `resources :users, only: [:index] do … end`: a call without parentheses, and what its block holds. */
export interface RubyStatement {
  name: string;
  offset: number;
  arguments: readonly Span[];
  block: readonly RubyStatement[] | null;
}

const MAX_DEPTH = 20;

/** The statements of a file that only declares, blocks inside blocks; lines that are no call are named ''. */
export function rubyStatements(source: Source): RubyStatement[] {
  const root: RubyStatement[] = [];
  const open: RubyStatement[][] = [root];
  for (const line of linesOf(source)) {
    const text = source.mask.slice(line.from, line.to);
    if (/^end\b/.test(text)) {
      if (open.length > 1) open.pop();
      continue;
    }
    const hasBlock =
      /\bdo(?:\s*\|[^|]*\|)?$/.test(text) ||
      /^(?:if|unless|case|begin|def|class|module|while|for)\b/.test(text);
    const block: RubyStatement[] | null = hasBlock ? [] : null;
    open.at(-1)?.push(statementOf(source, line, block));
    // Deeper than that nobody nests by hand; what stands there is dropped.
    if (block !== null) open.push(open.length > MAX_DEPTH ? [] : block);
  }
  return root;
}

function statementOf(source: Source, line: Span, block: RubyStatement[] | null): RubyStatement {
  const text = source.mask.slice(line.from, line.to);
  const [head = '', name = ''] = /^(\w+)[ \t]*(?=$|[\s(:"'%[])/.exec(text) ?? [];
  // Whether it happens at all, only the running program knows.
  if (/[^\w.:](?:if|unless)\b(?!:)/.test(text)) return { name: '', offset: line.from, arguments: [], block };
  const isParenthesised = text[head.length] === '(';
  const from = line.from + head.length + (isParenthesised ? 1 : 0);
  const end = isParenthesised
    ? closingBracket(source, line.from + head.length)
    : line.from + text.replace(/\s*\bdo(?:\s*\|[^|]*\|)?$/, '').length;
  return {
    name,
    offset: line.from,
    arguments: name === '' ? [] : partsOf(source, { from, to: Math.max(from, end) }),
    block,
  };
}

/** Lines, those that go on after a comma or within a bracket put together. */
function linesOf(source: Source): Span[] {
  const lines: Span[] = [];
  const { mask } = source;
  let from = 0;
  for (let at = 0; at <= mask.length; at += 1) {
    const char = mask[at] ?? '\n';
    if (/[([{]/.test(char)) {
      at = closingBracket(source, at);
      continue;
    }
    if (char !== '\n' && char !== ';') continue;
    const line = trimmed(source, { from, to: at });
    if (/(?:,|\\|=>)$/.test(mask.slice(line.from, line.to)) && at < mask.length) continue;
    if (line.to > line.from) lines.push(line);
    from = at + 1;
  }
  return lines;
}

function partsOf(source: Source, { from, to }: Span): Span[] {
  const parts: Span[] = [];
  let start = from;
  for (let at = from; at <= to; at += 1) {
    const char = source.mask[at] ?? '';
    if (at < to && /[([{]/.test(char)) at = closingBracket(source, at);
    else if (at === to || char === ',') {
      const part = trimmed(source, { from: start, to: at });
      if (part.to > part.from) parts.push(part);
      start = at + 1;
    }
  }
  return parts;
}

/** The text of `:name`, `"name"` or `'name'`; null of anything else. */
export function rubyText(expression: string): string | null {
  const [, symbol, quoted] = /^(?::(\w+)|:?["']([^"'#\\]*)["'])$/.exec(expression.trim()) ?? [];
  return symbol ?? quoted ?? null;
}

/** The texts of one name or a list: `:a`, `[:a, "b"]`, `%i[a b]`; null where one cannot be told. */
export function rubyTexts(expression: string): string[] | null {
  const words = /^%[iIwW][[({]([\w\s-]*)[\])}]$/.exec(expression)?.[1];
  if (words !== undefined) return words.split(/\s+/).filter((word) => word !== '');
  const list = /^\[([\s\S]*)\]$/.exec(expression)?.[1];
  const texts = (
    list === undefined ? [expression] : list.split(',').filter((part) => part.trim() !== '')
  ).map(rubyText);
  return texts.every((text) => text !== null) ? texts : null;
}

/** `only: …` and `:only => …` of a statement. */
export function rubyOption(source: Source, { arguments: all }: RubyStatement, key: string): string | null {
  for (const part of all) {
    const text = textOf(source, part);
    const head = new RegExp(`^(?:${key}:|:${key}\\s*=>)\\s*`).exec(text)?.[0];
    if (head !== undefined) return text.slice(head.length);
  }
  return null;
}
