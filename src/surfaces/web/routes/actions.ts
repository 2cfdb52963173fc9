import type { Hono } from 'hono';
import { z } from 'zod';
import { RearguardError } from '../../../core/errors.ts';
import { durationSchema } from '../../../core/schemas.ts';
import { didYouMean } from '../../../core/suggest.ts';
import { windowId } from '../../../runtime/stored-windows.ts';
import type { StoredWindow } from '../../../store/alert-store.ts';
import { parse, parseBody, reply, type WebEnvironment } from '../respond.ts';

const silenceBody = z.strictObject({
  /** `*` is everything: nobody silences it all by leaving something out. */
  subjects: z.array(z.string().min(1)).min(1),
  for: durationSchema('How long nobody is told', '1h'),
  reason: z.string().min(1).max(500),
});
const nameParameter = z.string().min(1).max(200);

/** The few things that callers may change. */
export function addActions(app: Hono<WebEnvironment>): void {
  app.post('/api/silences', async (c) => {
    const { subjects, for: durationMs, reason } = await parseBody(c, silenceBody);
    const { store, generation } = c.get('daemon');
    const { runtime, redactor } = generation();
    const fromMs = runtime.clock.wallMs();
    const silence: StoredWindow = {
      id: windowId('silence', runtime.random),
      kind: 'silence',
      fromMs,
      toMs: fromMs + durationMs,
      subjects,
      reason: redactor.text(reason),
    };
    store.windows.add(silence);
    return reply(c, { silence }, 201);
  });

  app.post('/api/silences/:id/end', (c) => {
    const id = parse(nameParameter, c.req.param('id'));
    const { store, generation } = c.get('daemon');
    if (!store.windows.end(id, generation().runtime.clock.wallMs())) {
      throw new RearguardError('E_NOT_THERE', { what: `silence ${JSON.stringify(id)}` });
    }
    return reply(c, { id, ended: true });
  });

  app.post('/api/heartbeats/:name', (c) => {
    const name = parse(nameParameter, c.req.param('name'));
    const { store, generation } = c.get('daemon');
    const { config, clock } = generation().runtime;
    const known = config.alerts.heartbeats.map((heartbeat) => heartbeat.name);
    if (!known.includes(name)) {
      throw new RearguardError('E_NOT_THERE', {
        what: `heartbeat ${JSON.stringify(name)} in alerts.heartbeats`,
        more: didYouMean(name, known),
      });
    }
    const atMs = clock.wallMs();
    store.heartbeats.beat(name, atMs);
    return reply(c, { name, atMs });
  });
}
