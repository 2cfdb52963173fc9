import { type RandomSource, randomInteger, randomNormal } from '../../../../src/core/statistics/random.ts';

/** A made backend with traffic whose fields hang together, as real ones do. */
export interface World {
  random: RandomSource;
  fromMs: number;
  toMs: number;
  hosts: readonly string[];
  /** Not all take the same part of the load. */
  hostLoads: readonly Weighted<string>[];
  zoneOf: ReadonlyMap<string, string>;
  tenants: readonly Weighted<string>[];
  /** Endpoints by tenant: each has habits of its own. */
  endpointsOf: ReadonlyMap<string, readonly Weighted<string>[]>;
  planOf: ReadonlyMap<string, string>;
  regionOf: ReadonlyMap<string, string>;
  clients: readonly Weighted<string>[];
  rollouts: readonly Rollout[];
  /** False where this backend's log does not say which build wrote it. */
  logsRelease: boolean;
  requestsPerMinute(atMs: number): number;
}

/** A release that hosts take over one after the other. */
export interface Rollout {
  release: string;
  atMs: number;
  /** Until the last host has it; null: it stays on the first `hosts` ones. */
  lastsMs: number;
  hosts: number;
}

export type Weighted<T> = readonly [value: T, weight: number];
export type Fields = Record<string, string>;

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const WINDOW_MS = 12 * HOUR;

const ENDPOINTS = [
  'GET /products',
  'GET /products/:id',
  'POST /orders',
  'GET /orders/:id',
  'POST /login',
  'GET /cart',
  'PUT /cart',
  'POST /search',
] as const;
const TENANTS = [
  'acme',
  'globex',
  'initech',
  'umbrella',
  'hooli',
  'stark',
  'wayne',
  'wonka',
  'tyrell',
  'cyberdyne',
  'soylent',
  'duff',
] as const;
const PLANS = ['free', 'team', 'enterprise'] as const;
const REGIONS = ['eu-west', 'us-east', 'ap-south'] as const;

export function createWorld(random: RandomSource, fromMs: number): World {
  const hosts = Array.from({ length: 6 + randomInteger(random, 7) }, (_, index) => `web-${index + 1}`);
  const tenants = TENANTS.map((name, rank): Weighted<string> => [name, (0.6 + random()) / (rank + 1)]);
  const zipf = (): Weighted<string>[] => ENDPOINTS.map((name) => [name, 0.1 + random() ** 3]);
  const common = zipf();
  const peakMs = fromMs + random() * WINDOW_MS;
  const base = 150 + random() * 450;
  return {
    random,
    fromMs,
    toMs: fromMs + WINDOW_MS,
    hosts,
    hostLoads: hosts.map((host): Weighted<string> => [host, 0.5 + random()]),
    zoneOf: new Map(hosts.map((host, index) => [host, `zone-${'abc'[index % 3]}`])),
    tenants,
    endpointsOf: new Map(TENANTS.map((name) => [name, random() < 0.5 ? common : zipf()])),
    planOf: new Map(TENANTS.map((name) => [name, pick(random, PLANS)])),
    regionOf: new Map(TENANTS.map((name) => [name, pick(random, REGIONS)])),
    clients: [
      ['web', 6],
      ['ios 5.1', 2],
      ['ios 5.2', 1],
      ['android 8', 2],
      ['partner-api', 0.7],
    ],
    rollouts: [{ release: '2.3.0', atMs: fromMs - HOUR, lastsMs: 0, hosts: hosts.length }],
    logsRelease: random() < 0.75,
    requestsPerMinute: (atMs) => base * (1 + 0.5 * Math.cos(((atMs - peakMs) / (24 * HOUR)) * 2 * Math.PI)),
  };
}

/** The fields of one request. */
export function drawRequest(world: World, atMs: number): Fields {
  const { random } = world;
  const host = pickWeighted(random, world.hostLoads);
  const tenant = pickWeighted(random, world.tenants);
  // Most callers keep to their region; some do not.
  const region = random() < 0.85 ? (world.regionOf.get(tenant) ?? '') : pick(random, REGIONS);
  // Some requests come before anybody has logged in.
  const isAnonymous = random() < 0.2;
  return {
    host,
    zone: world.zoneOf.get(host) ?? '',
    pod: `${host}-7d9f`,
    ...(isAnonymous ? {} : { tenant, plan: world.planOf.get(tenant) ?? '' }),
    region,
    endpoint: pickWeighted(random, world.endpointsOf.get(tenant) ?? []),
    client: pickWeighted(random, world.clients),
    user: `u${randomInteger(random, 5_000)}`,
    service: 'shop',
    ...(world.logsRelease ? { release: releaseAt(world, host, atMs) } : {}),
  };
}

/** Which build a host runs. */
export function releaseAt({ rollouts, hosts }: World, host: string, atMs: number): string {
  const index = hosts.indexOf(host);
  let running = '';
  for (const { release, atMs: begunMs, lastsMs, hosts: reached } of rollouts) {
    const hasItMs = begunMs + (lastsMs * index) / Math.max(1, reached);
    if (index < reached && atMs >= hasItMs) running = release;
  }
  return running;
}

export function pick<T>(random: RandomSource, values: readonly T[]): T {
  return values[randomInteger(random, values.length)] as T;
}

export function pickWeighted<T>(random: RandomSource, values: readonly Weighted<T>[]): T {
  let left = random() * values.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of values) {
    left -= weight;
    if (left <= 0) return value;
  }
  return values.at(-1)?.[0] as T;
}

/** Knuth's method below 30, the normal approximation above. */
export function drawPoisson(random: RandomSource, mean: number): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * randomNormal(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}
