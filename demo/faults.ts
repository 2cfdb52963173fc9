import { DATABASE_FAULTS } from './database-faults.ts';
import { DEPENDENCY_FAULTS } from './dependency-faults.ts';
import { ERROR_FAULTS } from './error-faults.ts';
import { LOAD_FAULTS } from './load-faults.ts';

/** One way in which the demo backend can be broken, on and off while it runs. */
export interface Fault {
  summary: string;
  /** The tool that must find it. */
  tool: string;
  /** The rule that must report it; null when no tool may say anything about it. */
  rule: string | null;
  /** Method and path, as in the OpenAPI document; null when the whole backend is meant. */
  endpoint: string | null;
  /** What must be reported, where it is not an endpoint: the name of its subject, or how that begins. */
  subject?: string;
  /** Words in the title of what is reported, where the subject is an error: its name is a hash. */
  error?: string;
  /** What is really different when it is on. */
  how: string;
  /** It shows with another release than the first one only. */
  afterDeploy?: true;
  /** The command line that must find it, where `rearguard check` cannot: it makes no load. */
  run?: readonly string[];
  /** Rules that rightly report the same trouble in their own words. */
  alsoReports?: readonly string[];
}

const TOOL = 'api-health-monitor';
/** What the log shows of it. */
const NEW_ERROR = 'error-analyzer/new-error';

/** Every one has an endpoint of its own. */
const SHOP_FAULTS = {
  'slow-endpoint': {
    summary: 'The product page takes some 350 ms more',
    tool: TOOL,
    rule: `${TOOL}/latency-objective`,
    endpoint: 'GET /api/products/{id}',
    how: 'each call spends 350 ms in a database query, holding a connection of the pool',
    alsoReports: ['database-performance-tracker/slow-statement'],
  },
  'slow-tail': {
    summary: 'One search in ten takes four times as long',
    tool: TOOL,
    rule: `${TOOL}/slow-tail`,
    endpoint: 'GET /api/search',
    how: 'the ranking service that a search calls delays 10 % of its answers',
  },
  'error-burst': {
    summary: 'About 30 % of the order lists of one tenant fail with status 500',
    tool: TOOL,
    rule: `${TOOL}/error-rate`,
    endpoint: 'GET /api/orders',
    how: 'an exception on random calls of a tenant whose customers have no account level, logged with its stack',
    alsoReports: [NEW_ERROR],
  },
  flapping: {
    summary: 'The session status answers 200 and 503 in turns of two seconds',
    tool: TOOL,
    rule: `${TOOL}/flapping`,
    endpoint: 'GET /api/auth',
    how: '2 s of service, 2 s of status 503, and again',
  },
  down: {
    summary: 'The backend refuses connections',
    tool: TOOL,
    rule: `${TOOL}/target-down`,
    endpoint: null,
    how: 'both listeners are closed and open connections cut; they listen again when it is switched off',
  },
  hang: {
    summary: 'The administration page accepts requests and never answers',
    tool: TOOL,
    rule: `${TOOL}/no-response`,
    endpoint: 'GET /api/admin/stats',
    how: 'the request is read and held; it is answered when the fault is switched off',
  },
  'cert-expiring': {
    summary: 'The certificate of the TLS listener ends in 5 days',
    tool: TOOL,
    rule: `${TOOL}/certificate-expiring`,
    endpoint: null,
    how: 'the TLS listener serves another certificate of the same authority',
  },
  'slow-after-deploy': {
    summary: 'After a deploy the product list takes 60 % longer',
    tool: TOOL,
    rule: `${TOOL}/latency-regression`,
    endpoint: 'GET /api/products',
    afterDeploy: true,
    how: 'any release but the first one adds 60 % of the time of each call, in a database query',
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName =
  | keyof typeof SHOP_FAULTS
  | keyof typeof DEPENDENCY_FAULTS
  | keyof typeof DATABASE_FAULTS
  | keyof typeof LOAD_FAULTS
  | keyof typeof ERROR_FAULTS;
export const FAULTS: Readonly<Record<FaultName, Fault>> = {
  ...SHOP_FAULTS,
  ...DEPENDENCY_FAULTS,
  ...DATABASE_FAULTS,
  ...LOAD_FAULTS,
  ...ERROR_FAULTS,
};
export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];

/** They hide others: a shop that is down all of its endpoints, a provider that is down or frozen that it is slow. */
const HIDING: readonly FaultName[] = ['down', 'payment-down', 'payment-frozen'];
/** Hidden by others: an order whose payment fails is not shipped. */
const HIDDEN: readonly FaultName[] = ['third-party-timeout'];
/** Faults that one check can see beside each other. */
export const VISIBLE_TOGETHER = FAULT_NAMES.filter(
  (name) => !HIDING.includes(name) && !HIDDEN.includes(name) && FAULTS[name].run === undefined,
);

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name);
}
