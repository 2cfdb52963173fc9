import type { Fault } from './faults.ts';

const TOOL = 'error-analyzer';
const NEW_ERROR = `${TOOL}/new-error`;

/** Faults that only the shop's log tells of: no monitor calls these endpoints, and health checks stay green. */
export const ERROR_FAULTS = {
  'pool-exhaustion': {
    summary: 'Logging out takes a connection of a pool of three and never gives it back',
    tool: TOOL,
    rule: NEW_ERROR,
    endpoint: 'POST /api/auth/logout',
    error: 'timeout exceeded when trying to connect',
    how: 'after three calls the pool is empty: each further one waits half a second for a connection and fails',
  },
  'third-party-timeout': {
    summary: 'The shipping vendor answers its health check, and no booking',
    tool: TOOL,
    rule: NEW_ERROR,
    endpoint: null,
    error: 'shipping: request timed out',
    how: 'bookings are held for four seconds; the shop gives each up after one, and the order stays paid',
  },
  'new-error-after-deploy': {
    summary: 'The release after the first one cannot price some of the baskets',
    tool: TOOL,
    rule: NEW_ERROR,
    endpoint: 'POST /api/orders',
    afterDeploy: true,
    error: 'RangeError: Invalid currency code',
    how: 'three of five categories got a currency code that does not exist; formatting an amount in it throws',
  },
  'noisy-but-harmless': {
    summary: 'The shop tells of everyday things in words of failure, several times a second',
    tool: TOOL,
    rule: null,
    endpoint: null,
    how: 'guests, cold pages of the cache and a count of no errors are logged as warnings and with the words of errors',
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type ErrorFaultName = keyof typeof ERROR_FAULTS;
