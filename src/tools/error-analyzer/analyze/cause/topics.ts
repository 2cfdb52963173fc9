import type { BackendEvent } from '../../../../core/event.ts';
import type { Finding } from '../../../../core/finding.ts';

/** What an error message, an event and a finding can have in common. */
export type Topic =
  | 'database'
  | 'database-lock'
  | 'database-connections'
  | 'schema'
  | 'dependency'
  | 'certificate'
  | 'credentials'
  | 'name-resolution'
  | 'memory'
  | 'disk'
  | 'file-descriptors'
  | 'quota'
  | 'concurrency';

/** By the last part of a rule's id, whichever tool holds it. */
const TOPICS_OF_RULE: Readonly<Record<string, readonly Topic[]>> = {
  down: ['dependency'],
  'no-response': ['dependency'],
  affected: ['dependency'],
  flapping: ['dependency'],
  'error-rate': ['dependency'],
  slow: ['dependency'],
  'vendor-incident': ['dependency'],
  'certificate-expiring': ['certificate'],
  'certificate-invalid': ['certificate'],
  'domain-expiring': ['name-resolution'],
  'name-server': ['name-resolution'],
  'quota-low': ['quota'],
  'connections-near-limit': ['database-connections', 'database'],
  'connection-leak': ['database-connections', 'database'],
  'idle-in-transaction': ['database-lock', 'database'],
  'long-transaction': ['database-lock', 'database'],
  'blocking-chain': ['database-lock', 'database'],
  deadlocks: ['database-lock', 'database'],
  'lock-prone': ['database-lock', 'schema'],
  waits: ['database'],
  'replication-lag': ['database'],
  'slot-retains-wal': ['database', 'disk'],
  'sequence-overflow': ['database', 'schema'],
  wraparound: ['database'],
  'invalid-index': ['database', 'schema'],
  'plan-regression': ['database'],
  'statement-regression': ['database'],
  'slow-statement': ['database'],
  'memory-growth': ['memory'],
  'errors-under-concurrency': ['concurrency'],
};

const WORDS: readonly (readonly [RegExp, readonly Topic[]])[] = [
  [/\b(?:dead)?locks?\b|\block(?:ed|ing)\b|\bblock(?:s|ed|ing)\b/i, ['database-lock', 'database']],
  [
    /\bconnections?\b.*\b(?:limit|exhaust|full|slots?|near)|\btoo many (?:clients|connections)\b/i,
    ['database-connections', 'database'],
  ],
  [/\b(?:postgres\w*|mysql|mariadb|database|replica(?:tion)?|failover)\b/i, ['database']],
  [/\b(?:schema|alter table|column|ddl)\b/i, ['schema']],
  [/\b(?:certificates?|tls|ssl)\b/i, ['certificate']],
  [/\b(?:credentials?|passwords?|api.?keys?|secrets?|tokens?|rotat\w+)\b/i, ['credentials']],
  [/\b(?:dns|name ?servers?|resolver)\b/i, ['name-resolution']],
  [/\b(?:memory|oom|heap)\b/i, ['memory']],
  [/\b(?:disk|volume|filesystem|no space)\b/i, ['disk']],
  [/\b(?:quota|rate.?limit\w*)\b/i, ['quota']],
];

export function topicsOfText(text: string): Set<Topic> {
  return new Set(WORDS.flatMap(([pattern, topics]) => (pattern.test(text) ? topics : [])));
}

export function topicsOfFinding({ rule }: Finding): Set<Topic> {
  return new Set(TOPICS_OF_RULE[rule.slice(rule.indexOf('/') + 1)] ?? []);
}

export function topicsOfEvent({ kind, title, attributes }: BackendEvent): Set<Topic> {
  const topics = topicsOfText([title, ...Object.values(attributes)].join('\n'));
  if (kind === 'migration') topics.add('schema').add('database-lock').add('database');
  if (attributes['dependency'] !== undefined) topics.add('dependency');
  if (attributes['database'] !== undefined) topics.add('database');
  return topics;
}

export function shareTopic(a: ReadonlySet<Topic>, b: ReadonlySet<Topic>): boolean {
  for (const topic of a) if (b.has(topic)) return true;
  return false;
}
