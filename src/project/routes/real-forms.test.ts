import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../test-support/memory-files.ts';
import { readProject } from '../read-project.ts';

/** Forms that real backends write and generators do not. */
async function endpointsOf(contents: Readonly<Record<string, string>>): Promise<string[]> {
  const facts = await readProject('/root', memoryFiles(contents), new AbortController().signal);
  return facts.endpoints.map(({ value }) => `${value.method} ${value.path}`);
}

function npm(...packages: string[]): Record<string, string> {
  const dependencies = Object.fromEntries(packages.map((name) => [name, '1.0.0']));
  return { 'package.json': JSON.stringify({ dependencies }) };
}

describe('Express', () => {
  it('is followed through a wrapper of its own, apps that are mounted when they are asked for, and modules that are others', async () => {
    const found = await endpointsOf({
      ...npm('express'),
      'shared/express.js': `const express = require('express'); module.exports = (name) => { const app = express(); return app; };`,
      'web/backend.js': `const express = require('../shared/express');
        module.exports = () => { const backend = express('backend'); backend.lazyUse('/api', require('./api')); return backend; };`,
      'web/api/index.js': `module.exports = require('./app');`,
      'web/api/app.js': `const express = require('../../shared/express');
        module.exports = function setup() { const api = express('api'); api.get('/posts', list); return api; };`,
    });
    expect(found).toEqual(['GET /api/posts']);
  });

  it('hands whole paths to routers that answer every method, declared with commas', async () => {
    const found = await endpointsOf({
      ...npm('express'),
      'app.js': `var _ = require('lodash')
        , express = require('express')
        , app = express()
        , entries = require('./entries/')(app);
        app.all('/entries*', entries);
        app.all('/ping', (req, res) => res.end());
        app.listen(8000);`,
      'entries/index.js': `function make(app) { const api = require('express').Router();
        api.get('/entries/:id', show); return api; }
        module.exports = make;`,
    });
    expect(found).toEqual(['GET /entries/{id}', 'ANY /ping']);
  });

  it('mounts lists of routers one by one', async () => {
    const found = await endpointsOf({
      ...npm('express'),
      'app.js': `const express = require('express'); const { pages } = require('./pages'); const app = express();
        const routers = [require('./users'), require('./tags')];
        routers.forEach(function (router) { app.use('/api', router); });
        for (const page of pages) app.use(page);
        for (const router of unknown()) app.use('/nowhere', router);
        app.listen(8000);`,
      'users.js': `const router = require('express').Router(); router.get('/users', list); module.exports = router;`,
      'tags.js': `const router = require('express').Router(); router.get('/tags', list); module.exports = router;`,
      'pages.js': `import about from './about'; export const pages = [about];`,
      'about.js': `const router = require('express').Router(); router.get('/about', show); export default router;`,
    });
    expect(found).toEqual(['GET /about', 'GET /api/tags', 'GET /api/users']);
  });

  it('leaves out an app that a function makes and that nobody is seen to mount', async () => {
    const found = await endpointsOf({
      ...npm('express'),
      'app.js': `const express = require('express'); const app = express(); app.get('/live', h);
        app.use('/api/v2', context.endpoints); app.listen(8000);`,
      'endpoints.js': `const express = require('express');
        function init() { const endpoints = express(); endpoints.use(json()); endpoints.get('/roles', h); return endpoints; }
        module.exports = init;`,
    });
    expect(found).toEqual(['GET /live']);
  });
});

describe('Koa', () => {
  it('has single routes as middleware', async () => {
    const found = await endpointsOf({
      ...npm('koa', 'koa-route'),
      'app.js': `import Koa from 'koa'; import route from 'koa-route';
        export function setup(done) { const app = new Koa(); app.use(cors());
        app.use(route.get('/users/:id', show)); app.use(route.post('/users', add)); return done(app); }`,
    });
    expect(found).toEqual(['POST /users', 'GET /users/{id}']);
  });
});

describe('Nest', () => {
  const controller = `import { Controller, Get } from '@nestjs/common';
    @Controller('users') export class UsersController { @Get(':id') show() {} }`;

  it('has the prefix that a setting has when nobody sets it', async () => {
    const facts = await readProject(
      '/root',
      memoryFiles({
        ...npm('@nestjs/core', '@nestjs/swagger'),
        'src/users.controller.ts': controller,
        'src/app.config.ts': `export default registerAs('app', () => ({ port: 3000, prefix: process.env.API_PREFIX || 'api' }));`,
        'src/main.ts': `const apiPrefix = config.get<string>('app.prefix'); app.setGlobalPrefix(apiPrefix);
          SwaggerModule.setup('docs', app, document, { useGlobalPrefix: true });`,
      }),
      new AbortController().signal,
    );
    expect(facts.endpoints.map(({ value, certainty }) => `${value.path} ${certainty}`)).toEqual([
      '/api/users/{id} guessed',
    ]);
    expect(facts.openapi?.value).toBe('/api/docs-json');
  });

  it('has no paths where the prefix stands in no file', async () => {
    const found = await endpointsOf({
      ...npm('@nestjs/core'),
      'src/users.controller.ts': controller,
      'src/main.ts': `app.setGlobalPrefix(config.get('app.prefix'));`,
    });
    expect(found).toEqual([]);
  });
});

describe('Flask', () => {
  it('has resources on blueprints, and on apps that come later', async () => {
    const found = await endpointsOf({
      'requirements.txt': 'flask\nflask-restful\n',
      'app.py': `from flask import Flask
from api import api as v1, late
app = Flask(__name__)
app.register_blueprint(v1)
late.init_app(app)
`,
      'api.py': `from flask import Blueprint
from flask_restful import Api, Resource
from views import Bills
api = Blueprint("api", __name__, url_prefix="/api")
restful = Api(api, prefix="/v1")
late = Api()
restful.add_resource(Bills, "/bills", "/projects/<string:project>/bills", endpoint="bills")

class Health(Resource):
    def get(self):
        return {}

late.add_resource(Health, "/health")
`,
      'views.py': `from flask_restful import Resource
class Bills(Resource):
    def get(self): ...
    def post(self): ...
    def helper(self): ...
`,
    });
    expect(found).toEqual([
      'GET /api/v1/bills',
      'POST /api/v1/bills',
      'GET /api/v1/projects/{project}/bills',
      'POST /api/v1/projects/{project}/bills',
      'GET /health',
    ]);
  });
});

describe('apps that another module makes', () => {
  it('get blueprints where they are handed back', async () => {
    const found = await endpointsOf({
      'requirements.txt': 'flask\n',
      'cps/__init__.py': `from flask import Flask
app = Flask(__name__)
def create_app():
    app.config["x"] = 1
    return app
`,
      'cps/main.py': `from . import create_app
def main():
    app = create_app()
    from .web import web
    app.register_blueprint(web)
`,
      'cps/web.py': `from flask import Blueprint
web = Blueprint("web", __name__)
@web.route("/books")
def books(): ...
`,
    });
    expect(found).toEqual(['GET /books']);
  });
});

describe('FastAPI', () => {
  it('has prefixes of constants where they are imported from, though others are called the same', async () => {
    const found = await endpointsOf({
      'requirements.txt': 'fastapi\n',
      'src/shop/constants.py': 'API = "/api"\nVERSION_1 = "/v1"\n',
      'src/shop/cloud.py': 'API = "https://api.example.com"\n',
      'src/shop/server.py': `from fastapi import FastAPI
from shop.routers import items
app = FastAPI()
app.include_router(items.router)
`,
      'src/shop/routers/items.py': `from fastapi import APIRouter
from shop.constants import API, VERSION_1
router = APIRouter(prefix=API + VERSION_1 + "/items")
@router.get("")
def show(): ...
`,
    });
    expect(found).toEqual(['GET /api/v1/items']);
  });
});

describe('Django', () => {
  it('knows a view that is made before it is asked for its function', async () => {
    const found = await endpointsOf({
      'requirements.txt': 'django\ndjangorestframework\n',
      'manage.py': 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\n',
      'settings.py': 'ROOT_URLCONF = "urls"\n',
      'urls.py': `from django.urls import path
from views import Files
urlpatterns = [path("files", Files().as_view(kind=1))]
`,
      'views.py': `from rest_framework import generics
class Files(generics.CreateAPIView):
    def create(self, request): ...
`,
    });
    expect(found).toEqual(['POST /files']);
  });
});

describe('Go', () => {
  it('is followed through structs of other packages', async () => {
    const found = await endpointsOf({
      'go.mod': 'module example.com/guard\n\nrequire github.com/gin-gonic/gin v1.7.7\n',
      'server/server.go': `package server
import (
	"github.com/gin-gonic/gin"
	"example.com/guard/server/controllers"
)
func New() {
	router := gin.New()
	c := &controllers.Controller{
		Name:   "x",
		Router: router,
	}
	c.Init()
}
`,
      'server/controllers/controller.go': `package controllers
import "github.com/gin-gonic/gin"
type Controller struct {
	Name   string
	Router *gin.Engine
}
func (c *Controller) Init() {
	v1 := c.Router.Group("/v1")
	v1.GET("/alerts/:id", show)
}
`,
    });
    expect(found).toEqual(['GET /v1/alerts/{id}']);
  });

  it('is followed through interfaces of its own, and packages of which one path ends as another one', async () => {
    const found = await endpointsOf({
      'go.mod': 'module example.com/ca\n\nrequire github.com/go-chi/chi v4.0.2\n',
      'ca/ca.go': `package ca
import (
	"github.com/go-chi/chi"
	"example.com/ca/api"
	adminAPI "example.com/ca/admin/api"
)
func New() {
	mux := chi.NewRouter()
	handler := api.New(1)
	handler.Route(mux)
	mux.Route("/1.0", func(r chi.Router) { handler.Route(r) })
	admins := adminAPI.New(1)
	mux.Route("/admin", func(r chi.Router) { admins.Route(r) })
}
`,
      'api/api.go': `package api
type Router interface {
	MethodFunc(method, pattern string, h http.HandlerFunc)
}
type RouterHandler interface {
	Route(r Router)
}
func New(a int) RouterHandler { return &handler{} }
func (h *handler) Route(r Router) {
	r.MethodFunc("GET", "/health", h.Health)
}
`,
      'admin/api/api.go': `package api
import "example.com/ca/api"
func New(a int) api.RouterHandler { return &handler{} }
func (h *handler) Route(r api.Router) {
	r.MethodFunc("GET", "/admins/{id}", h.Show)
}
`,
    });
    expect(found).toEqual(['GET /1.0/health', 'GET /admin/admins/{id}', 'GET /health']);
  });
});

describe('Rails', () => {
  it('has shallow resources below their scope, and a route for each word of a list', async () => {
    const found = await endpointsOf({
      Gemfile: 'gem "rails"\n',
      'config/routes.rb': `Rails.application.routes.draw do
  scope '/api' do
    resources :projects, only: [:show] do
      shallow do
        resources :members, only: [:index, :destroy] do
          resources :notes, only: [:index, :show]
        end
      end
      resources :tags, only: [:show], shallow: true
    end
  end
  get 'start', :to => 'welcome#index', :path => nil
  %w(raw diff).each do |action|
    get "files/:id/#{action}", action: action
  end
  get 'settings(/:tab)(.:format)', to: 'x#y'
  versions.each do |version|
    get "files/#{version}"
  end
end
`,
    });
    expect(found).toEqual([
      'DELETE /api/members/{id}',
      'GET /api/members/{member_id}/notes',
      'GET /api/notes/{id}',
      'GET /api/projects/{id}',
      'GET /api/projects/{project_id}/members',
      'GET /api/tags/{id}',
      'GET /files/{id}/diff',
      'GET /files/{id}/raw',
      'GET /settings',
      'GET /settings/{tab}',
      'GET /start',
    ]);
  });
});
