import type { Repository } from '../repository.ts';
import { type Span, textOf } from '../scan/calls.ts';
import { type Import, resolveModule } from './modules.ts';
import { type FunctionPlace, type Handle, handleAt, type RouterFile } from './router-file.ts';
import { listOf } from './router-lists.ts';

/** Deeper than any real chain of modules that pass a router on. */
const MAX_DEPTH = 12;

/** What a mount leads to: routers under names, in files. */
export interface Node {
  file: RouterFile;
  handle: Handle;
}

/** What an expression leads to: a router, a module that exports one, or a function that makes one or declares on what it is given. */
export function targetsOf(
  repository: Repository,
  files: ReadonlyMap<string, RouterFile>,
  file: RouterFile,
  target: Span,
  isElement = false,
  depth = 0,
): Node[] {
  const text = textOf(file.source, target);
  const list = isElement ? null : listOf(repository, files, file, target);
  if (list !== null)
    return list.elements.flatMap((element) => targetsOf(repository, files, list.file, element, true));
  const [, specifier, member] =
    /^\(?(?:await\s+)?(?:require|import)\(\s*["']([^"']+)["']\s*\)\)?(?:\.([\w$]+))?/.exec(text) ?? [];
  if (specifier !== undefined)
    return exportedNodes(repository, files, file, { specifier, name: member ?? 'default' }, depth);
  const [, name = '', rest = ''] = /^(?:new\s+|await\s+)?((?:this\.)?[\w$]+)((?:\.[\w$]+)?)/.exec(text) ?? [];
  if (name === '') return [];
  const inline = file.functions.find(({ body }) => body.from > target.from && body.to <= target.to);
  if (inline !== undefined && /^(?:async\b|function\b|\(|[\w$]+\s*=>)/.test(text))
    return nodesOfFunction(file, inline);
  return namedNodes(repository, files, file, name, rest.slice(1), target.from, depth);
}

function namedNodes(
  repository: Repository,
  files: ReadonlyMap<string, RouterFile>,
  file: RouterFile,
  name: string,
  member: string,
  offset: number,
  depth: number,
): Node[] {
  const handle = handleAt(file.handles, name, offset);
  // `members.routes()` of Koa is the router; `fastify.authenticate` is something else.
  if (handle !== null) return /^(?:routes|middleware|router)?$/.test(member) ? [{ file, handle }] : [];
  const place = file.functions.find((one) => one.name === name);
  if (place !== undefined) return nodesOfFunction(file, place);
  const imported = file.links.imports.get(name);
  if (imported === undefined) return boundNodes(repository, files, file, name, offset, depth);
  // `users.router` of `import * as users` and of `const users = require('./users')`.
  const asked =
    member !== '' && (imported.name === '*' || imported.name === 'default')
      ? [{ ...imported, name: member }, imported]
      : [imported];
  for (const one of asked) {
    const nodes = exportedNodes(repository, files, file, one, depth + 1);
    if (nodes.length > 0) return nodes;
  }
  return [];
}

/** What a name is given: `const api = require('./api').init(settings)`, `const router = await makeRouter(config)`. */
function boundNodes(
  repository: Repository,
  files: ReadonlyMap<string, RouterFile>,
  file: RouterFile,
  name: string,
  offset: number,
  depth: number,
): Node[] {
  if (depth > MAX_DEPTH || !/^[\w$]+$/.test(name)) return [];
  const { mask } = file.source;
  const pattern = new RegExp(
    String.raw`\b(?:const|let|var)\s+${name.replaceAll('$', String.raw`\$`)}\s*=\s*(?=[^\n;]*\()`,
    'g',
  );
  const match = [...mask.slice(0, offset).matchAll(pattern)].at(-1);
  if (match === undefined) return [];
  const from = match.index + match[0].length;
  const end = /[\n;]/.exec(mask.slice(from))?.index ?? mask.length - from;
  // What a function was given is not what it gives back.
  return targetsOf(repository, files, file, { from, to: from + end }, true, depth + 1).filter(
    ({ handle }) => handle.kind !== 'parameter',
  );
}

function exportedNodes(
  repository: Repository,
  files: ReadonlyMap<string, RouterFile>,
  from: RouterFile,
  { specifier, name }: Import,
  depth: number,
): Node[] {
  const path = resolveModule(repository, from.source.path, specifier);
  const file = path === null ? undefined : files.get(path);
  if (file === undefined || depth > MAX_DEPTH) return [];
  const again = file.links.reExports.get(name);
  if (again !== undefined) return exportedNodes(repository, files, file, again, depth + 1);
  if (name === 'default' || name === '*') {
    const nodes = defaultNodes(file);
    if (nodes.length > 0) return nodes;
  }
  const member = file.functions.find((one) => one.exportedAs === name);
  if (member !== undefined) return nodesOfFunction(file, member);
  const local = file.links.exports.get(name);
  if (local !== undefined)
    return namedNodes(repository, files, file, local, '', file.source.text.length, depth + 1);
  return file.links.wholes.flatMap((specifier) =>
    exportedNodes(repository, files, file, { specifier, name }, depth + 1),
  );
}

/** What a module exports by default. */
export function defaultNodes(file: RouterFile): Node[] {
  const place = file.functions.find(({ isDefault }) => isDefault);
  if (place !== undefined) return nodesOfFunction(file, place);
  const local = file.links.exports.get('default');
  if (local === undefined) return [];
  const handle = handleAt(file.handles, local, file.source.text.length);
  if (handle !== null) return [{ file, handle }];
  const named = file.functions.find(({ name }) => name === local);
  return named === undefined ? [] : nodesOfFunction(file, named);
}

/** The routers that a function makes and gives back, else the one it is given. */
function nodesOfFunction(file: RouterFile, place: FunctionPlace): Node[] {
  const body = file.source.mask.slice(place.body.from, place.body.to);
  const made = file.handles.filter(
    ({ kind, owner, name }) =>
      kind !== 'parameter' &&
      owner === place &&
      new RegExp(String.raw`\breturn\s+${name.replace('$', '\\$')}\b`).test(body),
  );
  const given = file.handles.filter(({ kind, owner }) => kind === 'parameter' && owner === place);
  return (made.length > 0 ? made : given).map((handle) => ({ file, handle }));
}

const HANDED =
  /(?<![\w$.])(?:[\w$]+|require\(\s*["'][^"'\n]*["']\s*\))(?:\.[\w$]+)?\s*\(\s*((?:this\.)?[\w$]+)\s*[,)]/g;

/** Functions that a router is handed to, and that declare on what they are given: `require('./routes')(app)`, `users.register(app)`. */
export function handedTo(
  repository: Repository,
  files: ReadonlyMap<string, RouterFile>,
  { file, handle }: Node,
): Node[] {
  return [...file.source.mask.matchAll(HANDED)].flatMap((match) => {
    if (match[1] !== handle.name || handleAt(file.handles, handle.name, match.index) !== handle) return [];
    const target = { from: match.index, to: match.index + match[0].length };
    return targetsOf(repository, files, file, target).filter((node) => node.handle.kind === 'parameter');
  });
}
