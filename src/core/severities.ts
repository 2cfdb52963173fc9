/** Worst first, so that an index is also a rank. Apart from their schema, so that `--help` need not load zod. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];
