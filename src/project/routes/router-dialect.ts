import type { Source } from '../scan/source.ts';
import type { Span } from '../scan/calls.ts';

/** How a JavaScript framework whose routers are values (Express and its kin) writes apps, routers, mounts and options. */
export interface RouterDialect {
  /** A file takes part when one of these is imported in it, or when what it exports is mounted. */
  packages: readonly string[];
  /** Beginning of an expression that makes the app, or a router that has to be mounted; tried where the expression begins. */
  makesApp: RegExp;
  makesRouter: RegExp | null;
  /** Of an expression in which a function of the project's own makes the app: `createExpressApp(settings)`. */
  madeByProject?: RegExp;
  /** Methods that mount: `use`, `register`, `route`. */
  mounts: readonly string[];
  /** Whether a function is a router by its first parameter (Fastify's plugins, `module.exports = (app) => …`). */
  pluginParameters: RegExp;
  /** Type of that parameter, where it is written. */
  pluginTypes: RegExp;
  /** Prefix that a router is made with, read in the expression that makes it; null where it has one that cannot be told. */
  prefixOf: (source: Source, expression: Span, constants: ReadonlyMap<string, string>) => string | null;
  /** Prefix that stands in the options of a mount instead of before what is mounted. */
  mountPrefix: 'first-argument' | 'options';
  /** Whether the second argument of a route may hold its guards (`{ preHandler: … }`). */
  guardsInOptions: boolean;
}
