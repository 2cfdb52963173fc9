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
});
