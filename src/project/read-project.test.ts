import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemFiles } from '../platform/files.ts';
import type { ProjectFacts } from './facts.ts';
import { readProject } from './read-project.ts';
import { type ExpectedFacts, scoreFacts } from './test-support/fact-lines.ts';
import { memoryFiles } from './test-support/memory-files.ts';

const BACKENDS = join(import.meta.dirname, '../../test/fixtures/backends');

function readMemory(contents: Readonly<Record<string, string>>): Promise<ProjectFacts> {
  return readProject('/root', memoryFiles(contents), new AbortController().signal);
}

const EXPRESS = JSON.stringify({ name: 'a', dependencies: { express: '^5.1.0', pg: '8.13.1' } });

function endpoints({ endpoints }: ProjectFacts): string[] {
  return endpoints.map(({ value }) => `${value.method} ${value.path}`);
}

describe('readProject', () => {
  it.each(readdirSync(BACKENDS))('finds what a person would list of %s, and nothing else', async (name) => {
    const root = join(BACKENDS, name);
    const expected = JSON.parse(readFileSync(join(root, 'expected.json'), 'utf8')) as ExpectedFacts;
    const facts = await readProject(root, systemFiles, new AbortController().signal);
    const { missing, invented } = scoreFacts(facts, expected);
    expect({ missing, invented }).toEqual({ missing: [], invented: [] });
  });

  it('says where each endpoint is declared', async () => {
    const facts = await readProject(join(BACKENDS, 'express'), systemFiles, new AbortController().signal);
    const places = facts.endpoints.map(({ value }) => value.location);
    expect(places).toContain('routes/users.js:21');
    expect(places.every((place) => /^[\w./]+:\d+$/.test(place))).toBe(true);
  });

  it('knows nothing of an empty folder but its name', async () => {
    const facts = await readMemory({ 'notes.md': '# express' });
    expect(facts.name).toEqual({ value: 'root', certainty: 'guessed', where: ['.'] });
    expect([facts.frameworks, facts.databases, facts.endpoints, facts.openapi, facts.port]).toEqual([
      [],
      [],
      [],
      null,
      null,
    ]);
  });

  it('lets no secret out of env files, whether they are real or for show', async () => {
    const secret = 'kR7vQ2-hidden';
    const facts = await readMemory({
      'package.json': EXPRESS,
      '.gitignore': '.env\n',
      '.env': `DATABASE_URL=postgres://u:${secret}@db.${secret}.io:5432/x\nREDIS_URL=redis://:${secret}@h:6379\nPORT=9${secret}\n`,
      '.env.production': `STRIPE_API_URL=https://${secret}.io`,
      '.env.example': `DATABASE_URL=postgres://u:${secret}@localhost:5432/shop\nMAIL_URL=smtp://u:${secret}@mail.io\n`,
      'compose.yaml': `services:\n  db:\n    image: postgres\n    environment: { POSTGRES_PASSWORD: ${secret}, URL: "postgres://u:${secret}@db/x" }\n`,
    });
    expect(JSON.stringify(facts)).not.toContain(secret);
    expect(facts.databases[0]?.value).toMatchObject({
      urlVariable: 'DATABASE_URL',
      exampleUrl: 'postgres://localhost:5432/shop',
    });
  });

  it('leaves out what git ignores and what others wrote', async () => {
    const route = "const app = require('express')();\napp.get('/x', h);";
    const app = "const express = require('express');\nconst app = express();\napp.get('/real', h);";
    const files = memoryFiles({
      'package.json': EXPRESS,
      '.gitignore': 'generated/\n',
      'app.js': app,
      'generated/app.js': route,
      'node_modules/a/app.js': route,
    });
    const facts = await readProject('/root', files, new AbortController().signal);
    expect(endpoints(facts)).toEqual(['GET /real']);
    expect(files.read.filter((path) => /^(?:generated|node_modules)\//.test(path))).toEqual([]);
  });

  it('tells what it did not read, and goes on', async () => {
    const facts = await readMemory({
      'package.json': EXPRESS,
      'big.js': 'x'.repeat(1_000_001),
      'compose.yml': ':\n  - : [',
    });
    expect(facts.notRead).toEqual(['big.js']);
    expect(facts.frameworks.map(({ value }) => value.version)).toEqual(['^5.1.0']);
  });

  it('reads no bundle that a build left, and says so', async () => {
    const facts = await readMemory({
      'package.json': EXPRESS,
      'built/admin.js': `${'a.b();'.repeat(2_000)}fetch("https://api.bundled.io/v1");`,
      'pay.js': 'fetch("https://api.pay.io/v1");',
    });
    expect(facts.services.map(({ value }) => value.host)).toEqual(['api.pay.io']);
    expect(facts.notRead).toEqual(['minified JavaScript (1)']);
  });

  it('takes no database out of what documents Python', async () => {
    const facts = await readMemory({
      'requirements.txt': 'fastapi\n',
      'pool.py': 'def connect():\n    """Connects.\n\n    db = connect("postgres://localhost/db")\n    """\n',
      'settings.py': 'DATABASE = "sqlite:///shop.db"\n',
    });
    expect(facts.databases.map(({ value }) => value.kind)).toEqual(['sqlite']);
  });

  it('makes no path of a prefix that stands in no file', async () => {
    const facts = await readMemory({
      'package.json': EXPRESS,
      'app.js':
        "const express = require('express');\nconst users = require('./users');\nconst app = express();\napp.use(config.api.prefix, users);\napp.use(`${base}/x`, users);\napp.use(API_PREFIX, users);",
      'users.js':
        "const { Router } = require('express');\nconst router = Router();\nrouter.get('/a', h);\nmodule.exports = router;",
    });
    expect(endpoints(facts)).toEqual([]);
  });

  it('takes the port of nothing else for its own', async () => {
    const facts = await readMemory({
      'requirements.txt': 'redis',
      'cache.py': "cache = Redis(\n    host='h',\n    port=6380,\n)\nport = 6379\n",
    });
    expect(facts.port).toBeNull();
  });

  it('reads expressions and viewsets of Django that change what their bases answer', async () => {
    const facts = await readMemory({
      'requirements.txt': 'Django==4.2\ndjangorestframework\n',
      'shop/settings.py': "ROOT_URLCONF = 'shop.urls'",
      'shop/urls.py':
        "urlpatterns = [url(r'^api/', include('items.urls', namespace='items')), path('docs/', csrf_exempt(docs))]\nif DEBUG:\n    urlpatterns += [path('debug/', debug)]",
      'items/urls.py':
        "from .views import ItemViewSet, LikeView\nrouter = DefaultRouter(trailing_slash=False)\nrouter.register(r'items', ItemViewSet)\nurlpatterns = [\n    url(r'^', include(router.urls)),\n    url(r'^items/(?P<item_slug>[-\\w]+)/like/?$', LikeView.as_view()),\n]",
      'items/views.py':
        'class ItemViewSet(mixins.ListModelMixin,\n                  mixins.CreateModelMixin,\n                  viewsets.GenericViewSet):\n    lookup_field = "slug"\n    permission_classes = (IsAuthenticatedOrReadOnly,)\n\n    def update(self, request, slug):\n        pass\n\n\nclass LikeView(APIView):\n    permission_classes = (IsAuthenticated,)\n\n    def post(self, request, item_slug=None):\n        pass\n\n    def delete(self, request, item_slug=None):\n        pass\n',
    });
    const access = facts.endpoints.map(({ value }) => `${value.method} ${value.path} ${value.authenticated}`);
    expect(access).toEqual([
      'GET /api/ null',
      'GET /api/items false',
      'POST /api/items true',
      'DELETE /api/items/{item_slug}/like true',
      'POST /api/items/{item_slug}/like true',
      'PUT /api/items/{slug} true',
      'ANY /debug/ null',
      'ANY /docs/ null',
    ]);
  });

  it('reads what a factory mounts, and leaves out a prefix that is computed', async () => {
    const facts = await readMemory({
      'requirements.txt': 'fastapi==0.110.0',
      'app/main.py':
        'import app.routers.items\nfrom app.routers import users as u\n\ndef create_app() -> FastAPI:\n    application = FastAPI(openapi_url=None)\n    application.include_router(u.router, prefix="/u")\n    application.include_router(app.routers.items.router)\n    application.include_router(u.other, prefix=compute())\n    return application\n',
      'app/routers/users.py':
        'router = APIRouter()\nother = APIRouter()\n\n@router.get("/me")\nasync def me(user: User = Depends(get_current_user)):\n    return 1\n\n@other.get("/x")\ndef x():\n    return 1\n',
      'app/routers/items.py':
        'router = APIRouter(\n    prefix="/items",\n    dependencies=[Depends(verify_token)],\n)\n\n@router.get(\n    "/{item_id:int}",\n)\ndef read(item_id: int):\n    return 1\n',
    });
    expect(facts.endpoints.map(({ value }) => `${value.path} ${value.authenticated}`)).toEqual([
      '/items/{item_id} true',
      '/u/me true',
    ]);
    expect(facts.openapi).toBeNull();
  });

  it('reads a prefix that another module holds', async () => {
    const facts = await readMemory({
      'package.json': EXPRESS,
      'config.js': "export const API_PREFIX = '/api/v2';",
      'app.js':
        "import express from 'express';\nimport { API_PREFIX } from './config.js';\nconst app = express();\napp.get(`${API_PREFIX}/a`, h);",
    });
    expect(endpoints(facts)).toEqual(['GET /api/v2/a']);
  });

  it('does not follow routers in a circle', async () => {
    const facts = await readMemory({
      'package.json': EXPRESS,
      'app.js':
        "const express = require('express');\nconst a = express.Router();\nconst app = express();\napp.use('/a', a);\na.use('/a', a);\na.get('/b', h);",
    });
    expect(endpoints(facts)).toEqual(['GET /a/b']);
  });

  it('takes a router for no guard because of its name', async () => {
    const facts = await readMemory({
      'package.json': EXPRESS,
      'app.js':
        "import express from 'express';\nimport auth from './auth.js';\nconst app = express();\napp.use('/auth', auth);\napp.get('/auth/me', ensureAuthenticated, h);\napp.get('/auth/them', h);",
      'auth.js':
        "import { Router } from 'express';\nconst auth = Router();\nauth.post('/login', authController.login);\nexport default auth;",
    });
    const access = facts.endpoints.map(({ value }) => [value.path, value.authenticated]);
    expect(access).toEqual([
      ['/auth/login', null],
      ['/auth/me', true],
      ['/auth/them', null],
    ]);
  });

  it('reads any text of code and settings without an error', async () => {
    const word = fc.constantFrom(
      "app.get('",
      "')",
      '(',
      ')',
      '{',
      '}',
      '[',
      '@app.route("',
      '"',
      'class A:',
      'def f(',
      '\n',
      '  ',
      ' = Router()',
      'path(',
      'include(',
      '@Controller(',
      "'",
      '`',
      '${',
      'express()',
      'urlpatterns = [',
      ':',
      ',',
    );
    const text = fc.array(word, { maxLength: 40 }).map((words) => words.join(''));
    await fc.assert(
      fc.asyncProperty(text, text, async (first, second) => {
        const dependencies = {
          express: '1',
          fastify: '1',
          '@nestjs/core': '1',
          koa: '1',
          hono: '1',
          next: '1',
        };
        const facts = await readMemory({
          'package.json': JSON.stringify({ dependencies }),
          'requirements.txt': 'django\nflask\nfastapi\n',
          'app.js': `const app = express();\n${first}`,
          'app/api/route.ts': second,
          'settings.py': 'ROOT_URLCONF = "urls"',
          'urls.py': `urlpatterns = [${first}]\n${second}`,
          'main.py': `app = FastAPI()\n${second}`,
          'compose.yaml': first,
          '.env.example': second,
        });
        expect(facts.endpoints.every(({ value }) => value.path.startsWith('/'))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
