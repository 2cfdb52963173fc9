import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { createRedactor } from '../../core/redact.ts';
import { RearguardError, toRearguardError } from '../../core/errors.ts';
import type { Daemon } from '../../runtime/daemon/daemon.ts';
import { type Gate, refusalOf } from '../../runtime/http-gate.ts';
import { errorBody, statusOf, type WebContext, type WebEnvironment } from './respond.ts';
import { addActions } from './routes/actions.ts';
import { addOperations } from './routes/operations.ts';
import { addRecords } from './routes/records.ts';

const MAX_BODY_BYTES = 64 * 1_024;

/** Nothing here is for a browser to run, keep or show inside another page. */
const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Every route of the daemon; `daemon` is undefined until it has started. */
export function createApp(gate: () => Gate, daemon: () => Daemon | undefined): Hono<WebEnvironment> {
  const app = new Hono<WebEnvironment>();
  app.use(async (c, next) => {
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
    const { method, headers } = c.env.incoming;
    const { authorization, host, origin } = headers;
    const refusal = refusalOf({ method, authorization, host, origin }, gate());
    if (refusal === 401) c.header('www-authenticate', 'Bearer');
    if (refusal === 405) c.header('allow', 'GET, POST');
    if (refusal !== undefined) return c.body(null, refusal);
    const running = daemon();
    if (running === undefined) return c.body(null, 503);
    c.set('daemon', running);
    return next();
  });
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (c) => c.json(errorBody(usage('The body is longer than 64 kB.')), 413),
    }),
  );
  addOperations(app);
  addRecords(app);
  addActions(app);
  app.notFound((c) => c.json(errorBody(usage(`There is no ${c.req.method} ${c.req.path}.`)), 404));
  app.onError((thrown, c) => failure(thrown, c));
  return app;
}

function usage(message: string): RearguardError {
  return new RearguardError('E_USAGE', { message, hint: 'docs/serve.md describes the API.' });
}

function failure(thrown: unknown, c: WebContext): Response {
  const error = toRearguardError(thrown);
  const redactor = c.get('daemon')?.generation().redactor ?? createRedactor([]);
  return c.json(redactor.deep(errorBody(error.toReportError())), statusOf(error));
}
