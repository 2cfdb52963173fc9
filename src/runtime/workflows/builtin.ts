import type { WorkflowDefinition, WorkflowStep } from './types.ts';

function step(run: string, more: Partial<WorkflowStep> = {}): WorkflowStep {
  return { run, onFailure: 'continue', timeoutMs: null, ...more };
}

const MINUTE_MS = 60_000;

/** The command that compares with it makes it where there is none; a workflow does not, for then it would have measured nothing. */
const LOAD_BASELINE = 'baseline.json';

/** What a team does every day, before and after it deploys, when it optimises and when something is wrong. */
export const BUILTIN_WORKFLOWS: readonly WorkflowDefinition[] = [
  {
    name: 'daily',
    summary: 'The morning look: endpoints, what the night did to databases, errors of the last day',
    budgetMs: 5 * MINUTE_MS,
    groups: [
      [
        step('api-health-monitor status'),
        step('database-performance-tracker overnight-summary'),
        step('error-analyzer analyze --since=24h'),
      ],
    ],
  },
  {
    name: 'pre-deploy',
    summary: 'Before a deployment: vulnerabilities, the contract, migrations',
    budgetMs: 15 * MINUTE_MS,
    groups: [
      [step('security-scanner scan')],
      [step('api-contract-tester validate')],
      [step('migration-validator test')],
    ],
  },
  {
    name: 'post-deploy',
    summary: 'After a deployment: a first load, then whether the release made anything worse',
    budgetMs: 10 * MINUTE_MS,
    // One after another: load would spoil what the second one measures.
    groups: [[step('load-tester quick-test')], [step('api-health-monitor post-deploy-check')]],
  },
  {
    name: 'optimize',
    summary: 'What is slow, what would make it faster, and whether a change did',
    budgetMs: 30 * MINUTE_MS,
    groups: [
      [step('database-performance-tracker analyze --deep')],
      [step('query-optimizer recommendations')],
      [step('api-health-monitor performance-report')],
      [step(`load-tester before-after --baseline=${LOAD_BASELINE}`, { needsFile: LOAD_BASELINE })],
    ],
  },
  {
    name: 'incident',
    summary: 'Something is wrong: errors, dependencies and locks at once, one timeline, likely causes',
    budgetMs: 2 * MINUTE_MS,
    groups: [
      [
        step('error-analyzer emergency --live', { timeoutMs: MINUTE_MS }),
        step('dependency-health-checker status'),
        step('database-performance-tracker incident-mode'),
        step('api-health-monitor status'),
      ],
    ],
  },
];
