import type { Hono } from 'hono';
import { z } from 'zod';
import { RearguardError } from '../../../core/errors.ts';
import { findingStateSchema } from '../../../core/finding.ts';
import { isAtLeast, severitySchema } from '../../../core/severity.ts';
import type { Catalog } from '../../../runtime/catalog.ts';
import { recall } from '../../../runtime/knowledge/recall.ts';
import { maintenanceWindows } from '../../../runtime/maintenance.ts';
import { OWN_NAME } from '../../../runtime/own-command.ts';
import { parse, reply, type WebEnvironment } from '../respond.ts';

const DAY_MS = 86_400_000;

/** How many at most; a page that wants more asks again with a narrower question. */
const limit = z.coerce.number().int().min(1).max(1_000).default(100);
const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const findingsQuery = z.strictObject({
  tool: z.string().optional(),
  state: findingStateSchema.optional(),
  severity: severitySchema.optional(),
  limit,
});
const alertsQuery = z.strictObject({ resolvedSince: instant.optional(), limit });
const deliveriesQuery = z.strictObject({
  state: z.enum(['queued', 'delivered', 'undeliverable']).optional(),
  notifier: z.string().optional(),
  limit,
});
const windowsQuery = z.strictObject({ from: instant.optional(), to: instant.optional() });
const latestRunQuery = z.strictObject({ tool: z.string(), command: z.string().optional() });

/** What the store remembers, for pages and programs. */
export function addRecords(app: Hono<WebEnvironment>): void {
  app.get('/api/findings', async (c) => {
    const { tool, state, severity, limit } = parse(findingsQuery, c.req.query());
    const { store, generation } = c.get('daemon');
    const { catalog, config } = generation().runtime;
    const found = store.findings
      .list({
        ...(tool === undefined ? {} : { tool: fullName(tool, catalog) }),
        ...(state === undefined ? {} : { states: [state], includeMuted: state === 'muted' }),
      })
      .filter((finding) => severity === undefined || isAtLeast(finding.severity, severity));
    return reply(c, { total: found.length, findings: await recall(config, found.slice(0, limit)) });
  });

  app.get('/api/alerts', (c) => {
    const { resolvedSince, limit } = parse(alertsQuery, c.req.query());
    const { alerts } = c.get('daemon').store;
    return reply(c, {
      alerts: alerts.list({
        limit,
        ...(resolvedSince === undefined ? {} : { resolvedSinceMs: resolvedSince }),
      }),
      groups: alerts.groups(),
    });
  });

  app.get('/api/deliveries', (c) => {
    const { state, notifier, limit } = parse(deliveriesQuery, c.req.query());
    const deliveries = c.get('daemon').store.deliveries.list({
      limit,
      ...(state === undefined ? {} : { state }),
      ...(notifier === undefined ? {} : { notifier }),
    });
    return reply(c, { deliveries });
  });

  app.get('/api/windows', (c) => {
    const { from, to } = parse(windowsQuery, c.req.query());
    const { store, generation } = c.get('daemon');
    const { config, clock } = generation().runtime;
    const nowMs = clock.wallMs();
    const range = { fromMs: from ?? nowMs - DAY_MS, toMs: to ?? nowMs + 7 * DAY_MS };
    return reply(c, {
      silences: store.windows.list(range, 'silence'),
      maintenance: maintenanceWindows(config.maintenance, store, range),
    });
  });

  app.get('/api/runs/latest', (c) => {
    const { tool: asked, command } = parse(latestRunQuery, c.req.query());
    const { store, generation } = c.get('daemon');
    const tool = fullName(asked, generation().runtime.catalog);
    const report = store.runs.latest(tool, command);
    if (report) return reply(c, report);
    throw new RearguardError('E_NOT_THERE', { what: `run of ${[tool, command].join(' ').trim()}` });
  });

  app.get('/api/dependencies', async (c) => {
    const { runtime, graph } = c.get('daemon').generation();
    const { dependencies } = await runtime.world();
    return reply(c, {
      dependencies: dependencies.dependencies.map(({ name, scheme, neededBy, behind, optional, origin }) => ({
        name,
        scheme,
        neededBy,
        behind,
        optional,
        origin,
        impact: graph.impactOf(name),
      })),
    });
  });
}

/** Of a name or alias; commands of no tool, like `check`, run under our own. Throws E_USAGE with the nearest name. */
function fullName(tool: string, catalog: Catalog): string {
  return tool === OWN_NAME ? tool : catalog.find(tool).name;
}
