import { describe, expect, it } from 'vitest';
import type { ProjectFacts } from './facts.ts';
import { readProject } from './read-project.ts';
import { memoryFiles } from './test-support/memory-files.ts';

/** Written so that reading a bracket, a word or a way again and again takes hours, or all memory: the limit of the test is the assertion. */
const LENGTH = 200_000;

function filled(unit: string): string {
  return unit.repeat(Math.ceil(LENGTH / unit.length));
}

function read(contents: Readonly<Record<string, string>>): Promise<ProjectFacts> {
  return readProject('/root', memoryFiles(contents), new AbortController().signal);
}

async function pathsOf(contents: Readonly<Record<string, string>>): Promise<string[]> {
  const { endpoints } = await read(contents);
  return endpoints.map(({ value }) => value.path);
}

const EXPRESS = {
  'package.json': '{"name":"shop","dependencies":{"express":"5.1.0","winston":"3.0.0","typeorm":"0.3.0"}}',
};
const DJANGO = { 'requirements.txt': 'django==5.1\n', 'settings.py': 'ROOT_URLCONF = "urls"\n' };
const FLASK = { 'requirements.txt': 'flask==3.0\n' };
const RAILS = { Gemfile: "gem 'rails', '7.1'\n" };
const GO = { 'go.mod': 'module acme.io/shop\n\ngo 1.23\n\nrequire github.com/go-chi/chi/v5 v5.0.0\n' };
const LARAVEL = {
  'composer.json': '{"require":{"laravel/framework":"^11.0"}}',
  'bootstrap/app.php': "<?php\n$app->withRouting(web: __DIR__.'/../routes/web.php');\n",
};

describe('files that repeat what is never closed', () => {
  it.each([
    'app.get(',
    'app.use(',
    '/[',
    '(app) => {',
    'module.exports = {',
    'File({',
    'fastify({{}',
    '.listen({',
    'serve({',
    'PORT: default(',
    'app.get("/:a(${',
    'app.get(["/a",',
    'export {',
  ])('in JavaScript: %s', async (unit) => {
    const facts = await read({
      ...EXPRESS,
      // TypeScript: JavaScript of such long lines is a bundle, and is not read.
      'app.ts': `const express = require('express');\nconst app = express();\napp.get('/first', list);\n${filled(unit)}`,
    });
    expect(facts.name.value).toBe('shop');
    expect(facts.endpoints.map(({ value }) => value.path)).toContain('/first');
  });

  it.each([
    '"filename": ',
    'FileHandler(',
    'basicConfig(',
    '\n',
    ' \n',
    'urlpatterns = [',
    'permission_classes = [',
  ])('in Python: %j', async (unit) => {
    const facts = await read({
      ...DJANGO,
      'urls.py': 'from views import View\nurlpatterns = [path("first", View)]\n',
      'views.py': `class View(APIView):\n  ${filled(unit)}`,
    });
    expect(facts.endpoints.map(({ value }) => value.path)).toEqual(['/first']);
  });

  it.each(['\nimport (', 'r.Get("/a", h);', 'handle(r, ', 'handle('])('in Go: %j', async (unit) => {
    const paths = await pathsOf({
      ...GO,
      'main.go': `package main
import "github.com/go-chi/chi/v5"
func handle(r chi.Router) {}
func main() {
	r := chi.NewRouter()
	r.Get("/first", list)
	${filled(unit)}`,
    });
    expect(new Set(paths)).toEqual(new Set(unit.includes('Get') ? ['/a', '/first'] : paths));
  });

  it.each(['/[', 'resources :a, :b, :c do\n', 'get "/a"\n'])('in Ruby: %j', async (unit) => {
    const facts = await read({
      ...RAILS,
      'config/routes.rb': `Rails.application.routes.draw do\nget "/first", to: "a#b"\n${filled(unit)}`,
    });
    expect(facts.endpoints.map(({ value }) => value.path)).toContain('/first');
  });
});

describe('routes that lead to themselves, or to each other on more ways than can be gone', () => {
  const levels = [...Array(12).keys()];

  it('in Express', async () => {
    const uses = levels.map((level) => `r${level}.use(r${level + 1});\n`.repeat(50)).join('');
    const routers = [...levels, 12].map((level) => `const r${level} = express.Router();\n`).join('');
    const paths = await pathsOf({
      ...EXPRESS,
      'app.js': `const express = require('express');\nconst app = express();\n${routers}app.get('/first', list);\napp.use(r0);\n${uses}`,
    });
    expect(paths).toEqual(['/first']);
  });

  it('in Flask', async () => {
    const routers = [...levels, 12].map((level) => `r${level} = Blueprint("r${level}", __name__)\n`).join('');
    const uses = levels.map((level) => `r${level}.register_blueprint(r${level + 1})\n`.repeat(50)).join('');
    const paths = await pathsOf({
      ...FLASK,
      'app.py': `from flask import Flask, Blueprint\napp = Flask(__name__)\n${routers}app.register_blueprint(r0)\n${uses}@app.get("/first")\ndef first(): pass\n`,
    });
    expect(paths).toEqual(['/first']);
  });

  it('in Django', async () => {
    const paths = await pathsOf({
      ...DJANGO,
      'urls.py': `urlpatterns = [path("first", View), ${'path("", include(urlpatterns)), '.repeat(200)}]\n`,
    });
    expect(paths).toEqual(['/first']);
  });

  it('in chi', async () => {
    const routers = [...Array(41).keys()].map((level) => `\tr${level} := chi.NewRouter()\n`).join('');
    const mounts = [...Array(40).keys()].map((level) => `\tr${level}.Mount("/", r${level + 1})\n`.repeat(2));
    const paths = await pathsOf({
      ...GO,
      'main.go': `package main
import "github.com/go-chi/chi/v5"
func handle(r chi.Router) {}
func main() {
${routers}	r0.Get("/first", list)
${mounts.join('')}	r40.Get("/", list)
	${'handle('.repeat(40)}r0${')'.repeat(40)}
}
`,
    });
    expect(paths).toContain('/first');
  });

  it('in Rails', async () => {
    const paths = await pathsOf({
      ...RAILS,
      'config/routes.rb':
        'Rails.application.routes.draw do\n  concern :noted do\n    concerns :noted\n    get :note, on: :member\n  end\n  resources :orders, only: [], concerns: :noted\n  draw :admin\nend\n',
      'config/routes/admin.rb': 'get "/admin", to: "a#b"\ndraw :admin\n',
    });
    expect(paths).toEqual(['/admin', '/orders/{id}/note']);
  });

  it('in Laravel', async () => {
    const files = levels.map((level): [string, string] => [
      `routes/r${level}.php`,
      `<?php\n${`require __DIR__.'/r${level + 1}.php';\n`.repeat(50)}`,
    ]);
    const paths = await pathsOf({
      ...LARAVEL,
      ...Object.fromEntries(files),
      'routes/web.php': "<?php\nRoute::get('/first', x);\nrequire __DIR__.'/r0.php';\n",
    });
    expect(paths).toEqual(['/first']);
  });
});
