import type { Explanation } from './explanation.ts';

function rules(tool: string, names: readonly string[]): string[] {
  return names.map((name) => `${tool}/${name}`);
}

/** Rules that say that users of the backend feel something. */
export const FELT_RULES: ReadonlySet<string> = new Set([
  ...rules('api-health-monitor', [
    'target-down',
    'endpoint-failing',
    'no-response',
    'error-rate',
    'flapping',
    'unexpected-response',
    'latency-objective',
    'slow-tail',
    'latency-regression',
  ]),
  ...rules('error-analyzer', ['new-error', 'regressed-error', 'error-spike', 'escalating-error']),
]);

interface Cause {
  kind: Explanation['kind'];
  /** What the finding alone adds to the score. */
  weight: number;
}

/** What a finding can be the cause of, by its rule. Rules that are not here only say what users feel, or what might happen one day. */
export const CAUSE_RULES: ReadonlyMap<string, Cause> = new Map([
  ...causes({ kind: 'dependency', weight: 0.35 }, 'dependency-health-checker', [
    'down',
    'no-response',
    'name-server',
    'certificate-invalid',
    'vendor-incident',
  ]),
  ...causes({ kind: 'dependency', weight: 0.25 }, 'dependency-health-checker', [
    'slow',
    'error-rate',
    'flapping',
  ]),
  ...causes({ kind: 'lock', weight: 0.35 }, 'database-performance-tracker', [
    'blocking-chain',
    'deadlocks',
    'idle-in-transaction',
    'long-transaction',
  ]),
  ...causes({ kind: 'saturation', weight: 0.35 }, 'database-performance-tracker', [
    'connections-near-limit',
    'connection-leak',
    'waits',
  ]),
  ...causes({ kind: 'slow-query', weight: 0.3 }, 'database-performance-tracker', [
    'slow-statement',
    'statement-regression',
    'plan-regression',
  ]),
  ...causes({ kind: 'slow-query', weight: 0.3 }, 'query-optimizer', ['n-plus-one', 'missing-index']),
  ...causes({ kind: 'error', weight: 0.2 }, 'error-analyzer', [
    'new-error',
    'error-spike',
    'regressed-error',
  ]),
]);

function causes(cause: Cause, tool: string, names: readonly string[]): [string, Cause][] {
  return rules(tool, names).map((rule) => [rule, cause]);
}
