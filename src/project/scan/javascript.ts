import { scanSource, type Source, type Syntax } from './source.ts';

const SYNTAX: Syntax = {
  lineComments: ['//', '#!'],
  blockComments: [['/*', '*/']],
  strings: ['"', "'", '`'],
  multiline: ['`'],
  templates: true,
  regularExpressions: true,
};

export function isJavaScript(path: string): boolean {
  return /\.[cm]?[jt]sx?$|(?:^|\/)bin\/www$/.test(path) && !/\.d\.[cm]?ts$|\.min\.[cm]?js$/.test(path);
}

export function scanJavaScript(path: string, text: string): Source {
  return scanSource(path, text, SYNTAX);
}

/** Texts that a file gives names to: `const PREFIX = '/api'`. */
export function constantsOf(
  source: Source,
  known: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const constants = new Map(known);
  for (const match of source.mask.matchAll(/\b(?:const|let|var)\s+([\w$]+)\s*(?::[^=\n]+)?=\s*(?=["'`])/g)) {
    const literal = literalAt(source, match.index + match[0].length);
    const value = literal === null ? null : textValue(literal, constants);
    if (value !== null && match[1] !== undefined) constants.set(match[1], value);
  }
  return constants;
}

function literalAt(source: Source, from: number): string | null {
  const quote = source.mask[from] ?? '';
  const end = source.mask.indexOf(quote, from + 1);
  return end === -1 ? null : source.code.slice(from, end + 1);
}

/** A plus within quotes sums up nothing. */
const SUMMAND = /(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|[^+'"`])+/g;

/** The text an expression stands for, where that can be told from this file alone: literals, names of constants, templates and sums of both. */
export function textValue(expression: string, constants: ReadonlyMap<string, string>): string | null {
  const written = expression.trim();
  const [, quoted] =
    /^(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")$/.exec(written)?.filter((part) => part !== undefined) ??
    [];
  if (quoted !== undefined) return unescaped(quoted);
  if (/^(?:''|"")$/.test(written)) return '';
  const template = /^`((?:[^`\\]|\\.)*)`$/.exec(written)?.[1];
  if (template !== undefined) return templateValue(template, constants);
  const sum = written.match(SUMMAND) ?? [];
  // What has a quote too many is no sum that could be told.
  if (sum.length > 1 && sum.join('+') === written) {
    const parts = sum.map((part) => textValue(part, constants));
    return parts.every((part) => part !== null) ? parts.join('') : null;
  }
  return constants.get(written) ?? null;
}

function templateValue(template: string, constants: ReadonlyMap<string, string>): string | null {
  let isKnown = true;
  const text = template.replace(/\$\{\s*([\w$]+)\s*\}/g, (_, name: string) => {
    const value = constants.get(name);
    if (value === undefined) isKnown = false;
    return value ?? '';
  });
  return isKnown && !text.includes('${') ? unescaped(text) : null;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}
