import { z } from 'zod';
import { limitsOf } from '../collect/limits.ts';
import type { LoadOptions } from '../options.ts';
import type { MadePlan, PlanRequest } from '../scenario/plan-request.ts';

/** What every command that makes a plan can be asked for. */
export const planInputs = {
  target: z
    .string()
    .optional()
    .describe('Name of an HTTP target of the config; default: the `target` setting, then the first one'),
  scenario: z
    .string()
    .optional()
    .describe(
      'Scenario file, or an access log, HAR, Postman or OpenAPI file to make one of; `openapi` and `health` mean what is known of the target',
    ),
  seed: z.coerce
    .number()
    .int()
    .optional()
    .describe('The same seed gives the same arrivals, choices and values; default 1'),
  httpVersion: z.enum(['1.1', '2']).optional().describe('HTTP version; default: the scenario, then 1.1'),
  unsafe: z
    .boolean()
    .default(false)
    .describe('Also send POST, PUT, PATCH and DELETE: they change what is behind the target'),
  confirm: z
    .string()
    .optional()
    .describe('Host (or hosts, by commas) that may be put under load although it is not this machine'),
};

type PlanInputs = z.infer<z.ZodObject<typeof planInputs>>;

export function planRequestOf(
  options: LoadOptions,
  { target, scenario, seed, httpVersion, unsafe }: PlanInputs,
): PlanRequest {
  return {
    target: target ?? options.target,
    scenario: scenario ?? options.scenario,
    seed,
    httpVersion,
    unsafe,
    ...(options.feeders === '.' ? {} : { feedersFolder: options.feeders }),
    tracedShare: options.tracedShare / 100,
    timeoutMs: options.limits.requestTimeout,
    limits: limitsOf(options),
  };
}

export function confirmedHosts({ confirm }: Pick<PlanInputs, 'confirm'>): string[] {
  return (confirm ?? '')
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '');
}

/** For the two seconds of a few users that warm a version up: one that only fails is judged by what follows. */
export function withoutErrorBudget(made: MadePlan): MadePlan {
  return { ...made, plan: { ...made.plan, limits: { ...made.plan.limits, errorBudget: null } } };
}
