import { closingBracket, type Span, splitArguments, textOf } from './calls.ts';
import { textValue } from './javascript.ts';
import { scanSource, type Source, type Syntax } from './source.ts';

const SYNTAX: Syntax = {
  lineComments: ['//'],
  blockComments: [['/*', '*/']],
  strings: ['"', '`', "'"],
  multiline: ['`'],
  raw: ['`'],
};

export function isGo(path: string): boolean {
  return path.endsWith('.go');
}

export function scanGo(path: string, text: string): Source {
  return scanSource(path, text, SYNTAX);
}

export interface GoParameter {
  name: string;
  /** `*gin.RouterGroup` */
  type: string;
}

export interface GoFunction {
  name: string;
  source: Source;
  /** Of a method: the name of its value and its type without star and package. */
  receiver: GoParameter | null;
  parameters: readonly GoParameter[];
  /** What stands between the parameters and the body. */
  results: string;
  /** From `{` to `}`. */
  body: Span;
}

export function goFunctions(source: Source): GoFunction[] {
  const start =
    /^func\s+(?:\(\s*(?:(\w+)\s+)?\*?\s*(\w+)(?:\[[^\]]*\])?\s*\)\s*)?(\w+)\s*(?:\[[^\]]*\])?\(/gm;
  return [...source.mask.matchAll(start)].flatMap((match) => {
    const [whole, value = '', type, name = ''] = match;
    const open = match.index + whole.length - 1;
    const parts = signatureAt(source, open);
    const receiver = type === undefined ? null : { name: value, type };
    return parts === null ? [] : [{ name, source, receiver, ...parts }];
  });
}

/** Parameters, results and body of a function, from the `(` of its parameters on; null where it has no body. */
export function signatureAt(
  source: Source,
  open: number,
): Pick<GoFunction, 'parameters' | 'results' | 'body'> | null {
  const close = closingBracket(source, open);
  const [results = '', brace] =
    /^((?:interface\s*\{\s*\}|struct\s*\{\s*\}|[^{}\n])*)(\{)/.exec(
      source.mask.slice(close + 1, close + 500),
    ) ?? [];
  if (brace === undefined) return null;
  const from = close + results.length;
  const body = { from, to: closingBracket(source, from) };
  return { parameters: parametersAt(source, open), results: results.slice(0, -1).trim(), body };
}

/** In `a, b int` the type stands behind the last name. */
function parametersAt(source: Source, open: number): GoParameter[] {
  const parameters: GoParameter[] = [];
  let type = '';
  for (const part of splitArguments(source, open).toReversed()) {
    const [, name = '', written] = /^(\w+)(?:\s+([\s\S]+))?$/.exec(textOf(source, part)) ?? [];
    type = written ?? type;
    parameters.unshift({ name, type });
  }
  return parameters;
}

/** Packages that a file imports: the name it calls them by, and their path. */
export function goImports(source: Source): ReadonlyMap<string, string> {
  const imports = new Map<string, string>();
  const add = (alias: string | undefined, path: string): void => {
    imports.set(alias ?? lastPart(path), path);
  };
  let end = 0;
  for (const match of source.mask.matchAll(/^import\s*\(/gm)) {
    // Blocks do not stand in each other, unless one is never closed.
    if (match.index < end) continue;
    const open = match.index + match[0].length - 1;
    end = closingBracket(source, open);
    const block = source.code.slice(open + 1, end);
    for (const [, alias, path = ''] of block.matchAll(/^[ \t]*([\w.]+)?[ \t]*"([^"\n]+)"/gm))
      add(alias, path);
  }
  for (const [, alias, path = ''] of source.code.matchAll(/^import[ \t]+([\w.]+)?[ \t]*"([^"\n]+)"/gm))
    add(alias, path);
  return imports;
}

/** `github.com/labstack/echo/v4` is called echo. */
function lastPart(path: string): string {
  return (
    path
      .replace(/\/v\d+$/, '')
      .split('/')
      .at(-1) ?? path
  );
}

/**
 * Texts that constants and variables of a package stand for, and under `name(` those that functions put around what they are given:
 * of `func versioned(path string) string { return "/v1" + path }` that is `/v1\0`.
 */
export function goConstants(sources: readonly Source[]): ReadonlyMap<string, string> {
  const constants = new Map<string, string>();
  for (const source of sources)
    for (const [, name = '', value = ''] of source.code.matchAll(
      /^[ \t]*(?:const[ \t]+|var[ \t]+)?(\w+)[ \t]*(?:string[ \t]*)?:?=[ \t]*("[^"\\\n]*"|`[^`\n]*`)[ \t]*$/gm,
    ))
      // A name that stands for two things stands for none.
      constants.set(
        name,
        constants.has(name) && constants.get(name) !== goText(value) ? '\0' : (goText(value) ?? '\0'),
      );
  const known = new Map([...constants].filter(([, value]) => value !== '\0'));
  for (const source of sources)
    for (const [, name = '', parameter = '', sum = ''] of source.code.matchAll(
      /^func[ \t]+(\w+)[ \t]*\([ \t]*(\w+)[ \t]+string[ \t]*\)[ \t]*string[ \t]*\{\s*return[ \t]+([^\n]*?)\s*\}[ \t]*$/gm,
    )) {
      const text = textValue(sum, new Map([...known, [parameter, '\0']]));
      if (text?.split('\0').length === 2) known.set(`${name}(`, text);
    }
  return known;
}

export function goText(
  expression: string,
  constants: ReadonlyMap<string, string> = new Map(),
): string | null {
  const [, around = '', given = ''] = /^(\w+)\((.*)\)$/s.exec(expression.trim()) ?? [];
  const frame = constants.get(`${around}(`);
  if (frame !== undefined) {
    const text = goText(given, constants);
    return text === null ? null : frame.split('\0').join(text);
  }
  return textValue(expression.replace(/^`([^`\\$]*)`$/, '"$1"'), constants);
}

export interface GoLink {
  name: string;
  /** Offset of its `(`; null where it is no call. */
  open: number | null;
}

/** `s.router.Group("/x", auth).GET(…)`: names and calls with dots between them. */
export interface GoChain {
  from: number;
  to: number;
  links: readonly GoLink[];
}

/** The chain that begins with the name at `from`. */
export function goChainAt(source: Source, from: number): GoChain {
  const links: GoLink[] = [];
  let at = from;
  for (;;) {
    const name = /^\w+/.exec(source.mask.slice(at, at + 200))?.[0];
    if (name === undefined) break;
    at += name.length;
    // `resource{}.Routes()`
    if (source.mask[at] === '{') {
      const close = closingBracket(source, at);
      if (source.mask[close + 1] === '.') at = close + 1;
    }
    const open = source.mask[at] === '(' ? at : null;
    if (open !== null) at = closingBracket(source, open) + 1;
    links.push({ name, open });
    const dot = /^\.\s*(?=\w)/.exec(source.mask.slice(at, at + 200))?.[0];
    if (dot === undefined) break;
    at += dot.length;
  }
  return { from, to: at, links };
}
