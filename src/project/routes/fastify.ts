import { posix } from 'node:path';
import type { Fact, ProjectEndpoint } from '../facts.ts';
import type { Repository } from '../repository.ts';
import { propertyOf, splitArguments, textOf } from '../scan/calls.ts';
import { endpointFact, fromColonPath } from './route.ts';
import type { RouterDialect } from './router-dialect.ts';
import { type MountFolder, routesOfRouters } from './router-graph.ts';

const FASTIFY: RouterDialect = {
  packages: ['fastify'],
  makesApp: /^(?:[Ff]astify|fastifyFactory)\s*(?:<[^()]*>)?\(/,
  makesRouter: null,
  mounts: ['register'],
  pluginParameters: /^(?:fastify|app|server|instance|api|scope|f)$/,
  pluginTypes: /^(?:Fastify(?:Instance|PluginAsync|Plugin|PluginCallback|PluginAsyncTypebox)\w*)$/,
  prefixOf: () => '',
  mountPrefix: 'options',
  guardsInOptions: true,
};

export function fastifyEndpoints(repository: Repository): Fact<ProjectEndpoint>[] {
  return routesOfRouters(repository, FASTIFY, autoload).map((route) => endpointFact(route, fromColonPath));
}

/** `@fastify/autoload`: folders are prefixes, `_id` is `:id`, and beside an `index` no other file of its folder is loaded. */
const autoload: MountFolder = (files, from, mount) => {
  const { source, links } = from;
  const loader = links.imports.get(textOf(source, mount.target));
  if (loader === undefined || !/^(?:@fastify\/|fastify-)autoload$/.test(loader.specifier)) return [];
  // Back from the loader to the parenthesis of the call it stands in.
  const open = source.mask.lastIndexOf('(', mount.target.from);
  const [, options] = splitArguments(source, open);
  const dir = options === undefined ? null : propertyOf(source, options, 'dir');
  if (dir === null) return [];
  const texts = [...textOf(source, dir).matchAll(/["'`]([\w./-]+)["'`]/g)].map(([, text = '']) => text);
  if (texts.length === 0) return [];
  const folder = posix.join(posix.dirname(source.path), ...texts);
  return [...files.values()].flatMap((file) => {
    const { path } = file.source;
    if (!path.startsWith(`${folder}/`)) return [];
    const inside = posix.dirname(path).slice(folder.length);
    const isIndex = /\/index\.\w+$/.test(path);
    const hasIndex = [...files.keys()].some(
      (other) => posix.dirname(other) === posix.dirname(path) && /\/index\.\w+$/.test(other),
    );
    if (hasIndex && !isIndex) return [];
    const own = /\bautoPrefix\s*(?::[^=\n]+)?=\s*["'`]([^"'`\n]*)/.exec(file.source.code)?.[1];
    const prefix = own === undefined ? inside : posix.join(posix.dirname(inside), own);
    return [{ file, prefix: prefix.replace(/\/__?(\w+)/g, '/:$1') }];
  });
};
