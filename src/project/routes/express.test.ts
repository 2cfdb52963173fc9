import { describe, expect, it } from 'vitest';
import { readProject } from '../read-project.ts';
import { memoryFiles } from '../test-support/memory-files.ts';

async function endpointsOf(
  dependency: string,
  contents: Readonly<Record<string, string>>,
): Promise<string[]> {
  const manifest = JSON.stringify({ dependencies: { [dependency]: '1.0.0' } });
  const files = memoryFiles({ 'package.json': manifest, ...contents });
  const { endpoints } = await readProject('/root', files, new AbortController().signal);
  return endpoints.map(({ value }) => `${value.method} ${value.path}`);
}

describe('apps', () => {
  it.each([
    ['express', 'express()'],
    ['koa', 'koa()'],
  ])('of %s are exported where they are made', async (name, made) => {
    const found = await endpointsOf(name, {
      'app.js': `var ${name} = require('${name}'); var app = module.exports = ${made};
        var routes = require('./routes'); routes(app);`,
      'routes.js': `function routes(app) { app.get('/users', list); }\nmodule.exports = routes;`,
    });
    expect(found).toEqual(['GET /users']);
  });

  it('stand below paths of settings, and hold routers that functions give back later', async () => {
    const found = await endpointsOf('express', {
      'config.js': `export default { site: { baseUrl: process.env.BASE_URL || '/base', port: 80 },
        health: { path: '/status' }, twice: { path: '/a' }, runtime: { path: load() } };`,
      'settings/index.js': `export const twice = { path: '/b' };`,
      'app.js': `import express from 'express'; import make from './make.js'; import config from './config.js';
        const app = express();
        const inner = await make(config);
        app.use(config.site.baseUrl, inner);
        app.use(config.twice.path, inner);
        app.use(config.runtime.path, inner);
        app.listen(8000);`,
      'make.js': `import express from 'express'; import router from './router.js';
        const make = async function (config) { const app = express(); app.use('/', await router(config)); return app; };
        export default make;`,
      'router.js': `import express from 'express';
        const router = async function (config) { const own = express.Router(); const db = await open(config);
          own.get(config.health.path, status); own.get('/db/:name/?*', show); return own; };
        export default router;`,
    });
    expect(found).toEqual(['GET /base/db/{name}/*', 'GET /base/status']);
  });

  it('are made by functions of the project, in members of what modules export', async () => {
    const found = await endpointsOf('express', {
      'util.js': `const express = require('express');
        module.exports = { createExpressApp: function (settings) { const app = express(); app.get('/ping', pong); return app; } };`,
      'index.js': `const util = require('./util'); var adminApp; var editor;
        function init(settings) {
          adminApp = util.createExpressApp(settings);
          editor = require('./editor');
          var editorApp = editor.init(settings);
          adminApp.use('/editor', editorApp);
          require('./routes').register(adminApp);
        }
        module.exports = { init };`,
      'editor.js': `const express = require('express');
        module.exports = { init: function (settings) { const app = express(); app.get('/files', list); return app; } };`,
      'routes.js': `exports.register = function (app) { app.get('/users', list); };`,
      'nowhere.js': `const util = require('./util');
        module.exports = { app: function () { const app = util.createExpressApp(); app.get('/nowhere', list); return app; } };`,
    });
    expect(found).toEqual(['GET /editor/files', 'GET /ping', 'GET /users']);
  });
});
