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

const componentSchema = z.object({ id: lenientText, name: z.string(), status: z.string() });
const namedSchema = z.object({ id: lenientText, name: z.string() });
const incidentSchema = z.object({
  name: z.string(),
  status: lenientText,
  impact: lenientText,
  started_at: lenientText,
  created_at: lenientText,
  scheduled_for: lenientText,
  shortlink: lenientText,
  components: lenientList(namedSchema),
});
type Incident = z.infer<typeof incidentSchema>;

/** `/api/v2/summary.json` of Atlassian Statuspage, and of those who answer in its form. */
const summarySchema = z
  .object({
    status: z.object({ indicator: z.string(), description: lenientText }).nullish().catch(null),
    components: lenientList(componentSchema),
    incidents: lenientList(incidentSchema),
    scheduled_maintenances: lenientList(incidentSchema),
  })
  .refine(({ status, components }) => (status ?? null) !== null || components.length > 0);

const INDICATORS: Readonly<Record<string, VendorState>> = {
  none: 'operational',
  minor: 'degraded',
  major: 'outage',
  critical: 'outage',
  maintenance: 'maintenance',
};

const COMPONENT_STATES: Readonly<Record<string, VendorState>> = {
  operational: 'operational',
  degraded_performance: 'degraded',
  partial_outage: 'outage',
  major_outage: 'outage',
  under_maintenance: 'maintenance',
};

export const readStatuspage: StatementReader = (text, { component }) => {
  const page = summarySchema.safeParse(parseJson(text));
  // Only pages of this form speak of a status with an indicator, or of components with these states.
  if (!page.success) return undefined;
  const { status, components, incidents, scheduled_maintenances: maintenances } = page.data;
  if (!status && !components.some((one) => one.status in COMPONENT_STATES)) return undefined;
  const ongoing = [
    ...incidents.filter((one) => !/^(?:resolved|postmortem|completed)$/.test(one.status ?? '')),
    ...maintenances.filter((one) => /^(?:in_progress|verifying)$/.test(one.status ?? '')),
  ];
  if (component !== undefined) {
    const found = findComponents(components, component);
    if (found.length === 0)
      return missingComponent(
        component,
        components.map(({ name }) => name),
      );
    const state = worstOf(found.map((one) => COMPONENT_STATES[one.status] ?? 'unknown'));
    const words = [...new Set(found.map((one) => one.status.replaceAll('_', ' ')))].join(', ');
    return statement(
      state,
      `${component}: ${words}`,
      ongoing.filter((one) => concerns(one, component)).map(toIncident),
    );
  }
  const stated = status ? INDICATORS[status.indicator] : undefined;
  const state = stated ?? worstOf(components.map((one) => COMPONENT_STATES[one.status] ?? 'unknown'));
  const inMaintenance = maintenances.some((one) => /^(?:in_progress|verifying)$/.test(one.status ?? ''));
  return statement(
    state === 'operational' && inMaintenance ? 'maintenance' : state,
    status?.description ?? status?.indicator ?? `components: ${state}`,
    ongoing.map(toIncident),
  );
};

/** An incident that names no component may concern any. */
function concerns(incident: Incident, component: string): boolean {
  return incident.components.length === 0 || findComponents(incident.components, component).length > 0;
}

function toIncident(incident: Incident): VendorIncident {
  return {
    title: pageText(incident.name),
    impact: pageText(incident.impact ?? ''),
    startedAtMs: timeOf(incident.started_at ?? incident.scheduled_for ?? incident.created_at),
    url: pageUrl(incident.shortlink),
  };
}
