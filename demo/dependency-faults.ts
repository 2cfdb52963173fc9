import type { Fault } from './faults.ts';

const TOOL = 'dependency-health-checker';
/** What the shop's log shows of it: orders that are not paid, or not shipped. */
const FAILED_ORDERS = ['error-analyzer/new-error'];

/** Faults of what the shop needs; the subject is the name of the dependency in the demo's config. */
export const DEPENDENCY_FAULTS = {
  'payment-down': {
    summary: 'The payment provider refuses connections',
    tool: TOOL,
    rule: `${TOOL}/down`,
    endpoint: null,
    subject: 'payment',
    how: 'its listener is closed and open connections cut; it listens again when it is switched off',
    alsoReports: FAILED_ORDERS,
  },
  'payment-slow': {
    summary: 'The payment provider takes 400 ms more for each answer',
    tool: TOOL,
    rule: `${TOOL}/slow`,
    endpoint: null,
    subject: 'payment',
    how: 'its process waits before each answer, to its health check too',
  },
  'payment-frozen': {
    summary: 'The payment provider accepts connections and never answers',
    tool: TOOL,
    rule: `${TOOL}/no-response`,
    endpoint: null,
    subject: 'payment',
    how: 'its process is stopped (SIGSTOP), and goes on when it is switched off (SIGCONT)',
    alsoReports: FAILED_ORDERS,
  },
  'redis-frozen': {
    summary: 'The cache accepts connections and never answers',
    tool: TOOL,
    rule: `${TOOL}/no-response`,
    endpoint: null,
    subject: 'cache',
    how: 'its process is stopped (SIGSTOP); the shop gives it up after 200 ms and reads the database',
  },
  'certificate-chain': {
    summary: 'The payment provider serves its certificate without the intermediate that issued it',
    tool: TOOL,
    rule: `${TOOL}/certificate-invalid`,
    endpoint: null,
    subject: 'payment-tls',
    how: 'its TLS listener serves the leaf alone, so that clients with the root alone refuse it',
    alsoReports: FAILED_ORDERS,
  },
  'dns-silent': {
    summary: "One of the payment provider's two name servers does not answer",
    tool: TOOL,
    rule: `${TOOL}/name-server`,
    endpoint: null,
    subject: 'names',
    how: 'it reads questions, over UDP and TCP, and does not answer; the shop asks the other one after half a second',
  },
  'vendor-page-red': {
    summary: "The shipping vendor's status page tells of a major outage, while its service works",
    tool: TOOL,
    rule: `${TOOL}/vendor-incident`,
    endpoint: null,
    subject: 'shipping',
    how: 'the page has an unresolved incident and a component in major outage',
  },
  'parent-down': {
    summary: 'The gateway before delivery, ranking and shipping refuses connections',
    tool: TOOL,
    rule: `${TOOL}/down`,
    endpoint: null,
    subject: 'gateway',
    how: 'its listener is closed; the shop asks its own services directly, and books no shipments',
    alsoReports: FAILED_ORDERS,
  },
} as const satisfies Readonly<Record<string, Fault>>;
