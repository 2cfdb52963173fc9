import { seededRandom, type RandomSource } from '../../../../src/core/statistics/random.ts';

/**
 * Lines of a shop's backend with known templates, made for what labelled logs test least: pairs that differ only in the word that says what happened,
 * names that are words, values of several forms in one place. Thresholds were not calibrated on it.
 */
export function madeLog(): { content: Buffer[]; labels: string[] } {
  const random = seededRandom(7);
  const content: Buffer[] = [];
  const labels: string[] = [];
  for (let line = 0; line < LINES; line += 1) {
    // Frequencies as in life: a few templates make most lines.
    const template = Math.floor(TEMPLATES.length * random() ** 2);
    content.push(Buffer.from(filled(TEMPLATES[template] as string, random)));
    labels.push(String(template));
  }
  return { content, labels };
}

const LINES = 4_000;

const VALUES: Readonly<Record<string, readonly string[]>> = {
  user: 'alice bob carol dave erin frank grace heidi ivan judy mallory niaj olivia peggy rupert sybil trent walter'.split(
    ' ',
  ),
  table: 'orders carts payments refunds customers products stock shipments invoices sessions'.split(' '),
  service: 'billing catalog search mailer gateway inventory pricing reviews'.split(' '),
  job: 'nightlyReport mailDigest cacheWarmup cart-cleanup invoiceExport stockSync imageResize'.split(' '),
  host: 'db-primary.internal cache.eu.example.net web-3 10.1.2.3 [2001:db8::1] api.example.com'.split(' '),
  region: 'eu us asia africa oceania antarctica'.split(' '),
};

const TEMPLATES: readonly string[] = [
  'Request completed in {ms} ms',
  'order {id} created by user {user}',
  'order {id} cancelled by user {user}',
  'cache miss for key cart:{id}',
  'cache hit for key cart:{id}',
  'job {job} started on {host}',
  'job {job} stopped on {host}',
  'job {job} failed on {host} after {ms} ms',
  'connection to {host} opened',
  'connection to {host} closed',
  'login succeeded for {user} from {ip}',
  'login failed for {user} from {ip}',
  'payment {uuid} authorised for tenant {user}',
  'payment {uuid} declined for tenant {user}',
  'circuit breaker for {service} is now open',
  'circuit breaker for {service} is now closed',
  'duplicate key value violates unique constraint on table {table}',
  'deadlock detected while updating table {table}, retrying in {ms}ms',
  'GET {path} took {ms} ms',
  'upload of {path} finished, {size} sent',
  'upload of {path} aborted, {size} sent',
  'replica {host} is lagging by {ms} ms',
  'feature flag checkout-v{n} enabled for {n}% of users',
  'feature flag checkout-v{n} disabled for {n}% of users',
  'ECONNREFUSED {ip}:{port} while calling service {service}',
  'ETIMEDOUT {ip}:{port} while calling service {service}',
  'worker {n} became leader of partition {n}',
  'worker {n} became follower of partition {n}',
  'session={uuid} user={user} region={region} action=checkout total={n}.{n}',
  'session={uuid} user={user} region={region} action=refund total={n}.{n}',
  'disk {path} is {n}% full',
  'heap is {size} of {size}',
];

function filled(template: string, random: RandomSource): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, kind: string) => valueOf(kind, random));
}

function valueOf(kind: string, random: RandomSource): string {
  const whole = (bound: number) => Math.floor(random() * bound);
  const hex = (length: number) => Array.from({ length }, () => whole(16).toString(16)).join('');
  switch (kind) {
    case 'ms':
      return random() < 0.5 ? String(whole(900)) : (random() * 90).toFixed(2);
    case 'id':
      return random() < 0.5 ? String(whole(1e6)) : hex(12);
    case 'uuid':
      return [8, 4, 4, 4, 12].map(hex).join('-');
    case 'ip':
      return `10.${whole(256)}.${whole(256)}.${whole(256)}`;
    case 'path':
      return `/${['srv', 'data', 'var'][whole(3)]}/${hex(6)}/${['items', 'images', 'a'][whole(3)]}`;
    case 'size':
      return `${(random() * 900).toFixed(1)} ${['KB', 'MB', 'GB'][whole(3)]}`;
    case 'port':
    case 'n':
      return String(whole(100));
    default: {
      const values = VALUES[kind] ?? [''];
      return values[whole(values.length)] ?? '';
    }
  }
}
