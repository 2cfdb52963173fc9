import { z } from 'zod';
import {
  findComponents,
  lenientList,
  lenientText,
  missingComponent,
  pageText,
  pageUrl,
  parseJson,
  statement,
  type StatementReader,
  timeOf,
  type VendorIncident,
  type VendorState,
  worstOf,
} from './document.ts';

const eventSchema = z.object({
  name: z.string(),
  started: lenientText,
  start: lenientText,
  status: lenientText,
  impact: lenientText,
  url: lenientText,
});

/** `/summary.json` of Instatus. */
const summarySchema = z.object({
  page: z.object({ status: z.string() }),
  activeIncidents: lenientList(eventSchema),
  activeMaintenances: lenientList(eventSchema),
});

const componentsSchema = z.object({
  components: lenientList(z.object({ id: lenientText, name: z.string(), status: z.string() })),
});

const COMPONENT_STATES: Readonly<Record<string, VendorState>> = {
  OPERATIONAL: 'operational',
  DEGRADEDPERFORMANCE: 'degraded',
  MINOROUTAGE: 'degraded',
  PARTIALOUTAGE: 'outage',
  MAJOROUTAGE: 'outage',
  UNDERMAINTENANCE: 'maintenance',
};

/** The page as a whole; a component has a document of its own. */
export const readInstatus: StatementReader = (text) => {
  const page = summarySchema.safeParse(parseJson(text));
  if (!page.success || !/^(?:UP|HASISSUES|UNDERMAINTENANCE)$/.test(page.data.page.status)) return undefined;
  const { activeIncidents, activeMaintenances } = page.data;
  const { status } = page.data.page;
  const incidents = [...activeIncidents, ...activeMaintenances].map(toIncident);
  if (status === 'UP') return statement('operational', 'all is up', incidents);
  if (status === 'UNDERMAINTENANCE') return statement('maintenance', 'under maintenance', incidents);
  const states = activeIncidents.map(({ impact }) => COMPONENT_STATES[impact ?? ''] ?? 'degraded');
  return statement(states.includes('outage') ? 'outage' : 'degraded', 'has issues', incidents);
};

/** `/v2/components.json` of Instatus. */
export const readInstatusComponents: StatementReader = (text, { component }) => {
  const page = componentsSchema.safeParse(parseJson(text));
  if (!page.success || component === undefined) return undefined;
  const { components } = page.data;
  if (!components.some(({ status }) => status in COMPONENT_STATES)) return undefined;
  const found = findComponents(components, component);
  if (found.length === 0)
    return missingComponent(
      component,
      components.map(({ name }) => name),
    );
  const state = worstOf(found.map(({ status }) => COMPONENT_STATES[status] ?? 'unknown'));
  return statement(
    state,
    `${component}: ${[...new Set(found.map(({ status }) => status.toLowerCase()))].join(', ')}`,
  );
};

function toIncident(event: z.infer<typeof eventSchema>): VendorIncident {
  return {
    title: pageText(event.name),
    impact: pageText((event.impact ?? event.status ?? '').toLowerCase()),
    startedAtMs: timeOf(event.started ?? event.start),
    url: pageUrl(event.url),
  };
}
