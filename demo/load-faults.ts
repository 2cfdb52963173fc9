import type { Fault } from './faults.ts';

const TOOL = 'load-tester';
/** Ten seconds over what the shop's document lists, as its administrator. */
const QUICK_TEST = [TOOL, 'quick-test', '--target', 'shop'];

const fault = <Rest extends Omit<Fault, 'tool' | 'rule' | 'run'>>(
  rule: string,
  rest: Rest,
  run: readonly string[] = QUICK_TEST,
) => ({ tool: TOOL, rule: `${TOOL}/${rule}`, run, ...rest });

/** Faults that only many at once can see: a single caller meets none of them. */
export const LOAD_FAULTS = {
  'pool-too-small': fault('latency-cliff', {
    summary: 'The list of accounts has two connections for all of its callers',
    endpoint: 'GET /api/users',
    how: 'each call holds one connection of a pool of two for 120 ms more',
  }),
  'lock-convoy': fault('serialised-endpoint', {
    summary: "Every visit to the caller's account updates the same row",
    endpoint: 'GET /api/users/me',
    how: 'a transaction locks one row of the settings and keeps the lock for 50 ms: one caller at a time',
  }),
  // Ten seconds do not tell memory that grows from a heap that fills up.
  'memory-leak': fault(
    'memory-growth',
    {
      summary: 'The list of all orders keeps every answer it ever gave',
      endpoint: null,
      how: 'each call of GET /api/admin/orders adds 128 kB to a cache that forgets nothing',
    },
    [TOOL, 'run', '--target', 'shop', '--users', '8', '--duration', '40s'],
  ),
  'duplicate-key-race': fault(
    'errors-under-concurrency',
    {
      summary: 'Two sign-ups with one address at the same time: one of them fails with status 500',
      endpoint: 'POST /api/auth/signup',
      how: 'the address is looked up first and inserted later, and the unique index says no in between',
    },
    [TOOL, 'run', '--scenario', 'sign-up.yaml', '--unsafe', '--users', '16', '--duration', '8s'],
  ),
  'no-keep-alive': fault('connections-not-reused', {
    summary: 'The shop closes every connection after one answer',
    endpoint: null,
    how: 'each answer says `connection: close`',
  }),
  stall: fault('stalls', {
    summary: 'The whole shop stands still for 0.4 s of every 1.2 s',
    endpoint: null,
    how: "the process's only thread is blocked, as by a synchronous call",
  }),
} as const satisfies Readonly<Record<string, Fault>>;

export type LoadFaultName = keyof typeof LOAD_FAULTS;
