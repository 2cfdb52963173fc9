import type { Span } from '../scan/calls.ts';
import type { Definition } from '../scan/python.ts';
import type { Source } from '../scan/source.ts';
import type { Method } from './route.ts';

/** How FastAPI and Flask name the same things. */
export interface PythonDialect {
  /** Classes of apps and of what has to be mounted. */
  app: RegExp;
  router: RegExp;
  /** Keyword of a prefix, where a router is made and where it is mounted. */
  prefix: string;
  /** Whether the prefix of a mount takes the place of the router's own (Flask) or goes before it. */
  mountReplaces: boolean;
  mount: RegExp;
  /** Whether apps are mounted on others as well, behind a path: `app.mount('/v1', other)`. */
  mountsApps?: boolean;
  /** Decorators without a method in their names: `route`, `api_route`, and the methods they stand for by themselves. */
  general: RegExp;
  generalMethods: readonly Method[];
  /** Methods that the framework answers of every route, whether it declares them or not. */
  answersItself?: readonly Method[];
  /** Whether extensions declare classes of resources (Flask-RESTful). */
  hasResources?: boolean;
  /** Whether what follows `Depends` in parameters or a decorator beside the route shows that callers have logged in. */
  guards: (source: Source, definition: Definition, decorator: Span) => boolean;
}

/** An app, or what has to be mounted, under its name in a file. */
export interface Router {
  source: Source;
  name: string;
  isApp: boolean;
  prefix: string;
  isGuarded: boolean;
}
