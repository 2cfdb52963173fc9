import type { Rule } from 'rearguard';

/** What this tool can report. The id says it for good: findings are known by it. */
export const RULES = {
  slow: {
    id: 'tool-name/slow-path',
    title: 'A path is slow',
    severity: 'high',
    help: 'The 95th percentile of its answers is above `maxP95Ms`.',
    fix: 'Find where the time goes (queries, calls to others, rendering), and measure again.',
    examples: { reports: 'p95 900 ms, objective 500 ms.', silent: 'p95 480 ms, objective 500 ms.' },
  },
} as const satisfies Record<string, Rule>;
