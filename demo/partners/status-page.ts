import type { RequestListener } from 'node:http';
import { jsonService } from '../json-http.ts';
import { SHIPMENTS_COMPONENT } from './settings.ts';

const PAGE_ID = 'q3shipping00';
const COMPONENTS = [
  { id: 'q3shipments', name: SHIPMENTS_COMPONENT },
  { id: 'q3tracking', name: 'Tracking pages' },
];

/** The shipping vendor's page, in the form that Atlassian Statuspage gives its API (version 2). */
export function statusPage(hasOutage: () => boolean, nowMs: () => number): RequestListener {
  return jsonService({
    'GET /api/v2/summary.json': () => ({ status: 200, body: summary(hasOutage(), nowMs()) }),
  });
}

function summary(outage: boolean, nowMs: number): object {
  const now = new Date(nowMs).toISOString();
  return {
    page: { id: PAGE_ID, name: 'Parcels Inc.', url: 'https://status.parcels.example', updated_at: now },
    status: outage
      ? { indicator: 'major', description: 'Major System Outage' }
      : { indicator: 'none', description: 'All Systems Operational' },
    components: COMPONENTS.map((component, index) => ({
      ...component,
      status: outage && component.name === SHIPMENTS_COMPONENT ? 'major_outage' : 'operational',
      page_id: PAGE_ID,
      position: index + 1,
      group: false,
      group_id: null,
      only_show_if_degraded: false,
      updated_at: now,
    })),
    incidents: outage ? [incident(now)] : [],
    scheduled_maintenances: [],
  };
}

function incident(now: string): object {
  return {
    id: 'q3incident01',
    name: 'Shipments cannot be booked',
    status: 'investigating',
    impact: 'major',
    shortlink: 'https://status.parcels.example/incidents/q3incident01',
    started_at: now,
    created_at: now,
    updated_at: now,
    incident_updates: [
      { status: 'investigating', body: 'We are looking into failed bookings.', created_at: now },
    ],
  };
}
