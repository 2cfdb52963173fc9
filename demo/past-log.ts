import { createShopLog } from './shop/log.ts';
import { tenantOf } from './shop/tenants.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A week before the last day, and a day more: enough to say of an error that it was never there. */
const DAYS = 9;
const LEAST_VISITS_AN_HOUR = 4;
const MOST_VISITS_AN_HOUR = 12;
/** So long there were as many visitors as there are now: that errors begin with a demo does not look like a rush of people. */
const BUSY_MS = 45 * 60_000;
const REQUESTS_A_VISIT = 6.3;
const MOST_PAUSE_MS = 2_500;

interface PastLogOptions {
  nowMs: number;
  release: string;
  /** Of the visitors who are about to come. */
  requestsPerSecond: number;
}

interface Line {
  /** Of a request; without one it says what was done in it. */
  route?: string;
  method?: string;
  status?: number;
  durationMs?: number;
  msg?: string;
}

const request = (method: string, route: string, durationMs: number, status = 200): Line => ({
  msg: 'request',
  method,
  route,
  status,
  durationMs,
});
const BROWSING = [
  request('GET', '/api/products', 31.4),
  request('GET', '/api/products/:id', 3.2),
  request('GET', '/api/search', 38.6),
  request('GET', '/api/products/:id', 2.9),
];
const ACCOUNT = [
  { msg: 'logged in' },
  request('POST', '/api/auth/login', 64.8),
  request('GET', '/api/users/me', 2.1),
  request('GET', '/api/orders', 4.7),
  request('GET', '/api/orders/:id', 4.4),
];
const BUYING = [
  { msg: 'shipment booked' },
  { msg: 'order paid' },
  request('POST', '/api/orders', 82.3, 201),
  request('GET', '/api/orders', 4.9),
];
const LEAVING = [{ msg: 'logged out' }, request('POST', '/api/auth/logout', 3.3)];

/**
 * The rotated log of a shop that has run for days, as the seeded database is that of one that has sold for a year: visits, more by day than by night,
 * and nothing that went wrong. Returns how many lines it wrote.
 */
export function writePastLog(path: string, options: PastLogOptions): number {
  const { nowMs, release } = options;
  let atMs = nowMs - DAYS * DAY_MS;
  const log = createShopLog(path, { sync: true, timestamp: () => `,"time":${Math.round(atMs)}` });
  let lines = 0;
  let gapMs = 0;
  for (let beginMs = atMs, visit = 0; ; beginMs += gapMs, visit += 1) {
    gapMs = HOUR_MS / visitsAnHour(beginMs, options);
    if (beginMs + gapMs >= nowMs) break;
    const told = [...BROWSING, ...whatElse(visit)];
    // One visit after the other, so that lines stand in the order of their times.
    const pauseMs = Math.min(MOST_PAUSE_MS, gapMs / told.length);
    const userId = 2 + ((visit * 7_919) % 1_000);
    for (const [index, line] of told.entries()) {
      atMs = beginMs + index * pauseMs;
      lines += 1;
      const who = index < BROWSING.length ? {} : { userId, tenant: tenantOf(userId) };
      log.info({ reqId: `req-${lines.toString(36)}`, release, ...who, ...line });
    }
  }
  log.flush();
  return lines;
}

/** Two visits in five log in, a third of those buys. */
function whatElse(visit: number): Line[] {
  if (visit % 5 >= 2) return [];
  return visit % 3 === 0 ? [...ACCOUNT, ...BUYING, ...LEAVING] : [...ACCOUNT, ...LEAVING];
}

/** Most at 14:00 UTC. */
function visitsAnHour(atMs: number, { nowMs, requestsPerSecond }: PastLogOptions): number {
  if (nowMs - atMs < BUSY_MS && requestsPerSecond > 0)
    return (requestsPerSecond * HOUR_MS) / 1_000 / REQUESTS_A_VISIT;
  const share = 0.5 + 0.5 * Math.cos((2 * Math.PI * (((atMs / HOUR_MS) % 24) - 14)) / 24);
  return LEAST_VISITS_AN_HOUR + share * (MOST_VISITS_AN_HOUR - LEAST_VISITS_AN_HOUR);
}
