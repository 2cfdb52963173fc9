import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../test-support/memory-files.ts';
import { readProject } from '../read-project.ts';

async function endpointsWith(
  packageName: string,
  contents: Readonly<Record<string, string>>,
): Promise<string[]> {
  const manifest = JSON.stringify({ dependencies: { [packageName]: '1.0.0' } });
  const files = memoryFiles({ 'package.json': manifest, ...contents });
  const { endpoints } = await readProject('/root', files, new AbortController().signal);
  return endpoints.map(
    ({ value }) => `${value.method} ${value.path}${value.authenticated === true ? ' authenticated' : ''}`,
  );
}

describe('routers of JavaScript', () => {
  it('are followed in Express through classes, modules, functions and lists', async () => {
    const found = await endpointsWith('express', {
      'src/app.ts': `
        import express, { Application } from 'express';
        import * as health from './health';
        import productRoutes from './products.js';
        class App {
          public app: Application;
          constructor() {
            this.app = express();
            this.app.get('/version', (req, res) => res.send('1'));
            this.app.use('/health', health.router);
            this.app.use('/products', productRoutes);
          }
        }
        const app = express();
        app.route('/books').get((req, res) => res.end()).post(requireLogin, (req, res) => res.end());
        app.get(/^\\/expression/, (req, res) => res.end());
        app.get(['/m1', '/m2'], (req, res) => res.end());
        fetch('/nowhere').then((answer) => answer.get('/header', 1));
        require('./legacy')(app);`,
      'src/health.ts': `import { Router } from 'express'; export const router = Router(); router.get('/live', h);`,
      'src/products.ts': `import { Router } from 'express'; const router: Router = Router(); router.get<{ id: string }>('/:id(\${UUID})', async (req) => { const x = { a: 1 }; }); export = router;`,
      'src/legacy.js': `module.exports = (app) => { app.get('/legacy', h); };`,
    });
    expect(found).toEqual([
      'GET /books',
      'POST /books authenticated',
      'GET /health/live',
      'GET /legacy',
      'GET /m1',
      'GET /m2',
      'GET /products/{id}',
      'GET /version',
    ]);
  });

  it('are followed in Fastify through plugins inside plugins and imports on demand', async () => {
    const found = await endpointsWith('fastify', {
      'src/server.ts': `
        import Fastify from 'fastify';
        import users from './routes/users.js';
        const server = Fastify({ logger: true });
        server.register(users, { prefix: '/v1/users' });
        server.register(async (instance, opts) => {
          instance.get('/inner', { preHandler: [instance.verifyJWT] }, async () => 1);
          instance.register(async function deep(f) { f.post('/deep', async () => 1); }, { prefix: '/d' });
        }, { prefix: '/inline' });
        server.register(import('./routes/lazy.js'), { prefix: '/lazy' });
        server.register(users, { prefix: config.prefix });`,
      'src/routes/users.ts': `export default async function (fastify) { fastify.get('/', h); fastify.withTypeProvider().get('/typed', h); }`,
      'src/routes/lazy.ts': `export default async function lazy(fastify: FastifyInstance) { fastify.get('/x', h); }`,
    });
    expect(found).toEqual([
      'POST /inline/d/deep',
      'GET /inline/inner authenticated',
      'GET /lazy/x',
      'GET /v1/users',
      'GET /v1/users/typed',
    ]);
  });

  it('are served in Hono only where somebody mounts them', async () => {
    const found = await endpointsWith('hono', {
      'src/index.ts': `import { Hono } from 'hono'; import books from './books'; const app = new Hono(); app.route('/books', books); app.use('/books/:id/*', requireUser); app.delete('/books/:id/x', h); export default app;`,
      'src/books.ts': `import { Hono } from 'hono'; const books = new Hono().get('/', h).get('/:id', h); export default books;`,
      'src/dead.ts': `import { Hono } from 'hono'; const dead = new Hono(); dead.get('/dead', h); export default dead;`,
    });
    expect(found).toEqual(['GET /books', 'GET /books/{id}', 'DELETE /books/{id}/x authenticated']);
  });

  it('are folders in Next, wherever the app folder lies', async () => {
    const found = await endpointsWith('next', {
      'apps/web/src/app/api/app/route.ts': 'export async function GET() {}',
      'src/app/_private/route.ts': 'export async function GET() {}',
      'src/app/(group)/x/[[...rest]]/route.ts': 'export const POST = wrap(() => 1);',
    });
    expect(found).toEqual(['GET /api/app', 'POST /x/{rest}']);
  });

  it('are told in Nest with the prefix of their module, and not where no module lists them', async () => {
    const found = await endpointsWith('@nestjs/core', {
      'main.ts': "app.setGlobalPrefix('api'); app.useGlobalGuards(new JwtAuthGuard());",
      'app.module.ts':
        "@Module({ imports: [RouterModule.register([{ path: 'admin', module: AdminModule }])] }) export class AppModule {}\n@Module({ controllers: [AdminController] }) export class AdminModule {}",
      'admin.controller.ts':
        "@Controller('jobs') export class AdminController { @Get(':id') one() {} @Public() @Post() add() {} }\n@Controller('dead') export class DeadController { @Get() x() {} }",
    });
    expect(found).toEqual(['POST /api/admin/jobs', 'GET /api/admin/jobs/{id} authenticated']);
  });
});
