import type { BackendEvent } from '../../../../src/core/event.ts';
import { type Finding, findingFingerprint, findingId } from '../../../../src/core/finding.ts';
import { randomInteger } from '../../../../src/core/statistics/random.ts';
import type { MadeGroup, MadeRecord } from './window.ts';
import {
  drawPoisson,
  drawRequest,
  type Fields,
  MINUTE,
  pick,
  type Rollout,
  WINDOW_MS,
  type World,
} from './world.ts';

/** What goes on in any backend and has nothing to do with the incident. */

export const DEPENDENCIES = ['billing', 'mailer', 'search-index', 'geo-lookup', 'redis-cache'] as const;

/** Releases at random times; each is an event, and hosts take it over within minutes. */
export function plainRollouts(world: World, count: number): Rollout[] {
  const times = Array.from({ length: count }, () => world.fromMs + world.random() * WINDOW_MS).toSorted(
    (a, b) => a - b,
  );
  return times.map((atMs, index) => ({
    release: `2.3.${index + 1}`,
    atMs,
    lastsMs: world.random() * 8 * MINUTE,
    hosts: world.hosts.length,
  }));
}

export function deployEvent({ release, atMs }: Rollout): BackendEvent {
  return {
    id: `deploy-${release}`,
    kind: 'deploy',
    atMs,
    title: `Deployment of ${release}`,
    release,
    attributes: {},
  };
}

export function plainEvents({ random, fromMs }: World): BackendEvent[] {
  const at = (): number => fromMs + random() * WINDOW_MS;
  const events: BackendEvent[] = [];
  for (let index = 0; index < 2 + randomInteger(random, 3); index += 1) {
    const dependency = pick(random, DEPENDENCIES);
    const atMs = at();
    events.push(dependencyChange(dependency, atMs, 'down'));
    events.push(dependencyChange(dependency, atMs + (2 + 5 * random()) * MINUTE, 'up'));
  }
  const others: readonly [BackendEvent['kind'], string][] = [
    ['config-change', 'log level of worker set to info'],
    ['migration', 'add index on audit_entries'],
    ['restart', 'worker-2 restarted'],
    ['config-change', 'pool size of reporting set to 8'],
  ];
  for (const [index, [kind, title]] of others.entries()) {
    if (random() < 0.6) events.push({ id: `plain-${index}`, kind, atMs: at(), title, attributes: {} });
  }
  return events;
}

export function dependencyChange(dependency: string, atMs: number, to: 'down' | 'up'): BackendEvent {
  return {
    id: `${dependency}-${to}-${Math.round(atMs)}`,
    kind: 'state-change',
    atMs,
    target: dependency,
    title: `${dependency} is ${to}`,
    attributes: { dependency, from: to === 'down' ? 'up' : 'down', to },
  };
}

/** An endpoint of the backend that the watch sees failing: what the incident brings about. */
export function ownSymptom(atMs: number): BackendEvent {
  return {
    id: 'own-symptom',
    kind: 'state-change',
    atMs,
    target: 'shop',
    title: 'POST /orders is down',
    attributes: { endpoint: 'POST /orders', from: 'up', to: 'down' },
  };
}

export function plainFindings({ fromMs, random }: World): Finding[] {
  const old = fromMs - (1 + random() * 20) * 86_400_000;
  return [
    makeFinding('database-performance-tracker/unused-index', 'index', 'public.orders_note_idx', 'info', old),
    makeFinding('query-optimizer/missing-limit', 'query', 'select * from audit_entries', 'medium', old),
    makeFinding('dependency-health-checker/slow', 'dependency', 'geo-lookup', 'medium', old),
    ...(random() < 0.5
      ? [
          makeFinding(
            'database-performance-tracker/connections-near-limit',
            'target',
            'main-database',
            'medium',
            old,
          ),
        ]
      : []),
    ...(random() < 0.5
      ? [
          makeFinding(
            'dependency-health-checker/certificate-expiring',
            'certificate',
            'mailer',
            'medium',
            old,
          ),
        ]
      : []),
  ];
}

export function makeFinding(
  rule: string,
  kind: Finding['subject']['kind'],
  name: string,
  severity: Finding['severity'],
  firstMs: number,
): Finding {
  const fingerprint = findingFingerprint(rule, { kind, name });
  const seen = new Date(firstMs).toISOString();
  return {
    id: findingId('made', fingerprint),
    fingerprint,
    rule,
    severity,
    confidence: 'proven',
    title: `${name}: ${rule.slice(rule.indexOf('/') + 1)}`,
    subject: { kind, name },
    evidence: [{ label: 'made', value: 1 }],
    fix: { summary: 'none', steps: [] },
    verify: { argv: ['true'], check: { tool: 'made', command: 'made', input: {} } },
    state: 'ongoing',
    firstSeen: seen,
    lastSeen: seen,
  };
}

/** Errors that are always there, lines of work, and lines that come up for the first time somewhere in the window. */
export function plainGroups(world: World): MadeGroup[] {
  const { random, fromMs } = world;
  const steady = [
    'Payment declined by issuer',
    'Webhook signature mismatch',
    'Image <*> could not be resized',
  ].map((title, index) =>
    steadyGroup(world, {
      id: `m${'0'.repeat(11)}${index}`,
      title,
      level: 'error',
      perMinute: 0.1 + random(),
    }),
  );
  const work = ['order <*> placed', 'session <*> opened', 'cache refreshed in <*>'].map((title, index) =>
    steadyGroup(world, {
      id: `m1${'0'.repeat(10)}${index}`,
      title,
      level: 'info',
      perMinute: 1 + 4 * random(),
    }),
  );
  const fresh = Array.from({ length: 4 + randomInteger(random, 5) }, (_, index): MadeGroup => {
    const atMs = fromMs + random() * WINDOW_MS;
    const title = pick(random, FIRST_LINES);
    const records = Array.from({ length: 1 + randomInteger(random, 4) }, (_, n) => ({
      atMs: atMs + n * 90_000 * random(),
      fields: { service: 'shop', host: pick(random, world.hosts) },
      text: title,
    }));
    return { id: `m2${'0'.repeat(10)}${index}`, title, level: 'info', records };
  });
  return [...steady, ...work, ...fresh];
}

const FIRST_LINES = [
  'report <*> requested by admin',
  'export finished with <*> rows',
  'unusual basket of <*> lines',
  'coupon <*> used up',
  'nightly cleanup started',
  'thumbnail worker scaled to <*>',
] as const;

interface Steady {
  id: string;
  title: string;
  level: MadeGroup['level'];
  perMinute: number;
}

function steadyGroup(world: World, { id, title, level, perMinute }: Steady): MadeGroup {
  const records: MadeRecord[] = [];
  for (let atMs = world.fromMs; atMs < world.toMs; atMs += MINUTE) {
    const count = drawPoisson(world.random, perMinute);
    for (let n = 0; n < count; n += 1) records.push(recordAt(world, atMs + world.random() * MINUTE, title));
  }
  return { id, title, level, records };
}

export function recordAt(
  world: World,
  atMs: number,
  text: string,
  fields: Fields = drawRequest(world, atMs),
): MadeRecord {
  return { atMs, fields, text: text.replaceAll('<*>', () => String(randomInteger(world.random, 100_000))) };
}
