import { closingBracket, splitArguments, textOf } from '../scan/calls.ts';
import { textValue } from '../scan/javascript.ts';
import type { Source } from '../scan/source.ts';
import { handleAt, type RouterFile } from './router-file.ts';
import type { Node } from './router-targets.ts';

/** `routes.forEach((route) => { this.app.use(prefix + route.path, route.router); })`: list, element, what is used, path and member. */
const LOOP =
  /(?<![\w$.])([\w$.]{1,100})\s*\.\s*forEach\s*\(\s*\(?\s*([\w$]+)\s*(?::\s*[\w$]+\s*)?\)?\s*=>\s*\{?\s*((?:this\.)?[\w$]+)\s*\.\s*use\s*\(\s*([^()]{1,200}?)\s*,\s*\2\.([\w$]+)\s*\)/g;

/**
 * Routers that are fields of classes and that an app mounts through the interface they implement: the app is given a list of it, and every
 * class that implements it and is made somewhere else stands in that list.
 */
export function classRouters(
  files: ReadonlyMap<string, RouterFile>,
  { file, handle }: Node,
): { node: Node; prefix: string }[] {
  const { mask } = file.source;
  if (handle.kind !== 'app' || !mask.includes('forEach')) return [];
  return [...mask.matchAll(LOOP)].flatMap((match) => {
    const [whole, list = '', element = '', app = '', , member = ''] = match;
    const at = match.index + whole.length;
    const type = new RegExp(`\\b${escaped(list)}\\s*:\\s*([\\w$]+)\\s*\\[\\]`).exec(mask)?.[1];
    if (type === undefined || app !== handle.name || handleAt(file.handles, app, at) !== handle) return [];
    // The text of the path, which the mask does not have.
    const open = mask.lastIndexOf('(', at - 2);
    const [first] = splitArguments(file.source, open);
    return [...files.values()].flatMap((other) => {
      const name = new RegExp(
        `\\bclass\\s+([\\w$]+)[^{]{0,200}\\bimplements\\s+[^{]{0,200}\\b${escaped(type)}\\b`,
      ).exec(other.source.mask)?.[1];
      const router = handleAt(other.handles, `this.${member}`, other.source.text.length);
      if (name === undefined || router === null || first === undefined || !isMade(files, other, name))
        return [];
      const known = new Map([
        ...defaultsOf(files, file.source),
        ...fieldsOf(other.source).map(([field, text]): [string, string] => [`${element}.${field}`, text]),
      ]);
      const prefix = textValue(textOf(file.source, first), known);
      return prefix === null ? [] : [{ node: { file: other, handle: router }, prefix }];
    });
  });
}

/** `new UsersRoute()`, `container.resolve(UsersRoute)` */
function isMade(files: ReadonlyMap<string, RouterFile>, home: RouterFile, name: string): boolean {
  const made = new RegExp(
    `\\bnew\\s+${escaped(name)}\\b|\\b(?:resolve|get)\\s*\\(\\s*${escaped(name)}\\s*\\)`,
  );
  return [...files.values()].some((file) => file !== home && made.test(file.source.mask));
}

/** Texts that the fields of a class are given: `public path = '/users'`. */
function fieldsOf(source: Source): [string, string][] {
  return [
    ...source.code.matchAll(
      /\b(?:public|private|protected|readonly)\s+(?:readonly\s+)?([\w$]+)\s*(?::\s*string\s*)?=\s*(["'][^"'\n]*["'])/g,
    ),
  ].flatMap(([, name = '', written = '']): [string, string][] => {
    const text = textValue(written, new Map());
    return text === null ? [] : [[name, text]];
  });
}

/** Texts that parameters of a constructor have where nobody gives them another: `constructor(routes: Routes[], prefix = '/api')`. */
function defaultsOf(files: ReadonlyMap<string, RouterFile>, source: Source): [string, string][] {
  const name = /\bclass\s+([\w$]+)/.exec(source.mask)?.[1];
  const head = /\bconstructor\s*\(/.exec(source.mask);
  if (name === undefined || head === null) return [];
  const given = Math.max(0, ...[...files.values()].map((file) => argumentsOf(file.source, name)));
  return splitArguments(source, head.index + head[0].length - 1)
    .slice(given)
    .flatMap((part): [string, string][] => {
      const [, parameter = '', written = ''] =
        /^([\w$]+)\s*(?::\s*string\s*)?=\s*(["'][^"'\n]*["'])$/.exec(textOf(source, part)) ?? [];
      const text = textValue(written, new Map());
      return text === null ? [] : [[parameter, text]];
    });
}

/** How many arguments at most a file makes something of a class with. */
function argumentsOf(source: Source, name: string): number {
  const calls = source.mask.matchAll(new RegExp(`\\bnew\\s+${escaped(name)}\\s*\\(`, 'g'));
  const counts = [...calls].map((match) => {
    const open = match.index + match[0].length - 1;
    return closingBracket(source, open) === open + 1 ? 0 : splitArguments(source, open).length;
  });
  return Math.max(0, ...counts);
}

function escaped(name: string): string {
  return name.replaceAll('$', String.raw`\$`).replaceAll('.', String.raw`\.`);
}
