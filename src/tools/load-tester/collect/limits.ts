import type { LoadLimits } from '../../../core/load/plan.ts';
import type { LoadOptions } from '../options.ts';

/** The config's ceilings and deadlines, as a plan has them. */
export function limitsOf({ limits }: Pick<LoadOptions, 'limits'>): LoadLimits {
  const { errorBudget, errorBudgetMinRequests } = limits;
  return {
    maxConnections: limits.maxConnections,
    maxQueued: limits.maxQueued,
    connectTimeoutMs: limits.connectTimeout,
    drainMs: limits.drain,
    maxRatePerSecond: limits.maxRatePerSecond,
    maxDurationMs: limits.maxDuration,
    errorBudget:
      errorBudget === null ? null : { share: errorBudget / 100, minRequests: errorBudgetMinRequests },
    honourRetryAfter: limits.retryAfter,
    keepAlive: true,
    cookies: true,
  };
}
