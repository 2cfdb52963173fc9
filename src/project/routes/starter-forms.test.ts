import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../test-support/memory-files.ts';
import { readProject } from '../read-project.ts';

/** Forms of the templates that teams start from. */
async function endpointsOf(contents: Readonly<Record<string, string>>): Promise<string[]> {
  const facts = await readProject('/root', memoryFiles(contents), new AbortController().signal);
  return facts.endpoints.map(({ value }) => `${value.method} ${value.path}`);
}

function npm(...packages: string[]): Record<string, string> {
  const dependencies = Object.fromEntries(packages.map((name) => [name, '1.0.0']));
  return { 'package.json': JSON.stringify({ dependencies }) };
}

describe('Express', () => {
  it('finds modules by the paths of TypeScript, also where the settings are extended and have comments', async () => {
    const found = await endpointsOf({
      ...npm('express'),
      'tsconfig.json': '{ "extends": "./tsconfig.base.json" }',
      'tsconfig.base.json': `{ "compilerOptions": { /* of all */ "baseUrl": "./",
        "paths": { "@routes/*": ["src/routes/*"], "@health": ["src/health.ts"], }, } }`,
      'index.ts': `import express from 'express'; import routes from '@routes/index'; import health from '@health';
        import other from '@elsewhere/index';
        const app = express(); app.use('/api', routes); app.use('/health', health); app.use('/other', other); app.listen(80);`,
      'src/routes/index.ts': `import { Router } from 'express'; const router = Router();
        router.get('/books', list); export default router;`,
      'src/health.ts': `import { Router } from 'express'; const router = Router();
        router.get('/', show); export default router;`,
    });
    expect(found).toEqual(['GET /api/books', 'GET /health']);
  });

  it('reads paths that an object of constants holds, and leaves out what has two values', async () => {
    const found = await endpointsOf({
      ...npm('express'),
      'src/constants/Paths.ts': `const Paths = { Base: '/api', Users: { Base: '/users', One: '/:id' }, Tags: { Base: '/tags' } };
        export default Paths; export const Old = { Tags: { Base: '/labels' } };`,
      'src/server.ts': `import express from 'express'; import Paths from './constants/Paths'; const app = express();
        const api = express.Router(); const users = express.Router();
        users.get(Paths.Users.One, show); users.get(Paths.Users.Missing, show);
        api.use(Paths.Users.Base, users); api.get(Paths.Tags.Base, list);
        app.use(Paths.Base, api); app.listen(80);`,
    });
    expect(found).toEqual(['GET /api/users/{id}']);
  });
});

describe('Express in classes', () => {
  const files = {
    ...npm('express'),
    'src/app.ts': `import express from 'express'; import { Routes } from './routes.interface';
      export class App {
        constructor(routes: Routes[], prefix = '/api/v1') { this.app = express(); this.mount(routes, prefix); }
        private mount(routes: Routes[], prefix: string) {
          routes.forEach((route) => { this.app.use(prefix + route.path, route.router); });
        }
        public listen() { this.app.listen(80); }
      }`,
    'src/users.route.ts': `import { Router } from 'express'; import { Routes } from './routes.interface';
      export class UsersRoute implements Routes {
        public router: Router = Router(); public path = '/users';
        constructor() { this.router.get('/:id', show); }
      }`,
    'src/unused.route.ts': `import { Router } from 'express'; import { Routes } from './routes.interface';
      export class UnusedRoute implements Routes {
        public router: Router = Router(); public path = '/unused';
        constructor() { this.router.get('/', show); }
      }`,
  };

  it('mounts the routers of classes through the interface they implement', async () => {
    const server = `import { App } from './app'; import { UsersRoute } from './users.route';
      new App([new UsersRoute()]).listen();`;
    expect(await endpointsOf({ ...files, 'src/server.ts': server })).toEqual(['GET /api/v1/users/{id}']);
  });

  it('leaves out what is mounted behind a path that somebody else gives', async () => {
    const server = `import { App } from './app'; import { UsersRoute } from './users.route';
      new App([new UsersRoute()], process.env.PREFIX).listen();`;
    expect(await endpointsOf({ ...files, 'src/server.ts': server })).toEqual([]);
  });
});

describe('Fastify', () => {
  it('loads a route called example, and takes types that go over several lines', async () => {
    const found = await endpointsOf({
      ...npm('fastify', '@fastify/autoload'),
      'src/app.ts': `import { join } from 'path'; import AutoLoad from '@fastify/autoload';
        import type { FastifyPluginAsync } from 'fastify';
        const app: FastifyPluginAsync = async (fastify, opts) => {
          void fastify.register(AutoLoad, { dir: join(__dirname, 'routes'), options: opts });
        };
        export default app;`,
      'src/routes/example/index.ts': `import type { FastifyPluginAsync } from 'fastify';
        const example: FastifyPluginAsync = async (fastify) => {
          fastify.get('/', list);
          fastify.post<{
            Body: Login;
            Reply: { token: string };
          }>('/login', { schema }, login);
        };
        export default example;`,
      'examples/routes/other/index.ts': `import Fastify from 'fastify'; const app = Fastify(); app.get('/shown', show); app.listen();`,
    });
    expect(found).toEqual(['GET /example', 'POST /example/login']);
  });
});

describe('Flask', () => {
  it('takes a class that extends its blueprint for one, by what setup.py asks for, and leaves out what Flask answers itself', async () => {
    const facts = await readProject(
      '/root',
      memoryFiles({
        'setup.py': `import setuptools
setuptools.setup(
    name='alarms',  # as published
    install_requires=['Flask>=2.0.1', "requests"],
    extras_require={'postgres': ['psycopg2']},
)
`,
        'package.json': '{ "name": "pages-of-alarms" }',
        'alarms/app.py': `from flask import Flask
from alarms.auth import auth

def create_app():
    app = Flask(__name__)
    app.register_blueprint(auth)
    return app
`,
        'alarms/auth.py': `from flask import Blueprint

class AuthBlueprint(Blueprint):
    pass

auth = AuthBlueprint('auth', __name__)

@auth.route('/login', methods=['OPTIONS', 'POST'])
def login(): ...

@auth.route('/preflight', methods=['OPTIONS'])
def preflight(): ...
`,
      }),
      new AbortController().signal,
    );
    expect(facts.name.value).toBe('alarms');
    expect(facts.frameworks.map(({ value }) => `${value.id} ${value.version}`)).toEqual(['flask >=2.0.1']);
    expect(facts.databases.map(({ value }) => value.kind)).toEqual(['postgresql']);
    expect(facts.endpoints.map(({ value }) => `${value.method} ${value.path}`)).toEqual([
      'POST /login',
      'OPTIONS /preflight',
    ]);
  });
});

describe('Django', () => {
  const settings = {
    'requirements.txt': 'Django>=5\n',
    'site/settings.py': `ROOT_URLCONF = 'site.urls'\n`,
  };

  it('nests routers as drf-extensions and drf-nested-routers do', async () => {
    const found = await endpointsOf({
      ...settings,
      'site/urls.py': `from django.urls import include, path
from .api import router, notes
urlpatterns = [path('api/', include(router.urls)), path('api/', include(notes.urls))]
`,
      'site/api.py': `from rest_framework import viewsets
from rest_framework_extensions.routers import ExtendedDefaultRouter
from rest_framework_nested import routers

class Router(ExtendedDefaultRouter):
    pass

class Plain(viewsets.ReadOnlyModelViewSet):
    pass

router = Router()
router.register(r'projects', Plain).register(r'builds', Plain, parents_query_lookups=['project'])
suites = router.register(r'suites', Plain)
suites.register(r'tests', Plain, parents_query_lookups=['suite'])
notes = routers.NestedSimpleRouter(router, r'projects', lookup='project')
notes.register('notes', Plain)
`,
    });
    expect(found).toEqual([
      'GET /api/',
      'GET /api/projects/',
      'GET /api/projects/{id}/',
      'GET /api/projects/{parent_lookup}/builds/',
      'GET /api/projects/{parent_lookup}/builds/{id}/',
      'GET /api/projects/{project_pk}/notes/',
      'GET /api/projects/{project_pk}/notes/{id}/',
      'GET /api/suites/',
      'GET /api/suites/{id}/',
      'GET /api/suites/{parent_lookup}/tests/',
      'GET /api/suites/{parent_lookup}/tests/{id}/',
    ]);
  });

  it('puts nothing between parentheses of a group, and leaves out a path of which a part is put in', async () => {
    const found = await endpointsOf({
      ...settings,
      'site/urls.py': `from django.urls import re_path
from . import views
slug = r'[a-z]+'
urlpatterns = [
    re_path(r'^(%s)/(?P<build>%s)/$' % (slug, slug), views.build),
    re_path(r'^%s/list$' % slug, views.listing),
]
`,
      'site/views.py': `from django.views.decorators.http import require_GET

@require_GET
def build(request, project, build): ...

def listing(request): ...
`,
    });
    expect(found).toEqual(['GET /{n}/{build}/']);
  });
});
