import type { z } from 'zod';
import type { Coverage } from '../../../core/coverage.ts';
import { RearguardError } from '../../../core/errors.ts';
import { redactUrl } from '../../../core/redact.ts';
import type { HttpTarget } from '../../../config/targets.ts';
import { safeOperations } from '../../_shared/openapi/operations.ts';
import { hasCredentials, readOpenApi } from '../../_shared/openapi/read.ts';
import type { CommandContext } from '../../context.ts';
import { type EndpointOptions, endpointSchema, type HealthOptions } from '../options.ts';
import { ruleList } from '../rules.ts';

/** One endpoint of one target, with everything decided. */
export interface Endpoint {
  /** `shop GET /api/products`: the identity in findings, series and baselines. */
  name: string;
  target: HttpTarget;
  method: string;
  /** Path with its query, as it is sent. */
  path: string;
  options: EndpointOptions;
  objective: { p95Ms: number; availability: number };
  intervalMs: number;
  timeoutMs: number;
}

export interface EndpointSelection {
  endpoints: Endpoint[];
  notChecked: Coverage['notChecked'];
}

/** Endpoints come from the flag, else from the config, else from the OpenAPI document of each target (safe GETs only). */
export async function collectEndpoints(
  ctx: CommandContext<HealthOptions>,
  flags: { endpoints?: readonly string[] | undefined; target?: string | undefined },
): Promise<EndpointSelection> {
  const targets = httpTargets(ctx, flags.target);
  const listed = flags.endpoints?.length
    ? flags.endpoints.map(parseEndpoint)
    : ctx.options.endpoints.map(toOptions);
  const configured = ctx.options.endpoints.map(toOptions);
  const endpoints = listed
    .filter(
      (options) =>
        flags.target === undefined || options.target === undefined || options.target === flags.target,
    )
    .map((options) => {
      const target = targetOf(options, targets);
      return toEndpoint(target, withConfigured(options, target, configured), ctx.options);
    });
  const notChecked: Coverage['notChecked'] = [];
  if (!flags.endpoints?.length) {
    for (const target of targets.filter(
      (candidate) => !endpoints.some((endpoint) => endpoint.target === candidate),
    )) {
      const discovered = await discover(ctx, target);
      endpoints.push(...discovered.endpoints);
      notChecked.push(...discovered.notChecked);
    }
  }
  return { endpoints: uniqueByName(endpoints), notChecked };
}

/** `/api/users`, `GET /api/users` or `shop GET /api/users`. */
export function parseEndpoint(text: string): EndpointOptions {
  const match = /^(?:(?<target>\S+)\s+)?(?:(?<method>[A-Z]+)\s+)?(?<path>\/\S*)$/.exec(text.trim());
  const groups = match?.groups;
  if (groups?.['path'] === undefined) {
    throw new RearguardError('E_USAGE', {
      message: `"${text}" is not an endpoint.`,
      hint: 'Write a path (/api/users), a method and a path (GET /api/users), or a target before them (shop GET /api/users).',
    });
  }
  // "GET /x" matches with GET as the target, because both are words.
  const first = groups['target'];
  const isMethod = first !== undefined && groups['method'] === undefined && /^[A-Z]+$/.test(first);
  const method = isMethod ? first : groups['method'];
  return endpointSchema.parse({
    path: groups['path'],
    ...(method === undefined ? {} : { method }),
    ...(first === undefined || isMethod ? {} : { target: first }),
  } satisfies z.input<typeof endpointSchema>);
}

function toOptions(entry: string | EndpointOptions): EndpointOptions {
  return typeof entry === 'string' ? parseEndpoint(entry) : entry;
}

/** An endpoint named by a flag keeps the headers, expectations and objectives the config has for it. */
function withConfigured(
  options: EndpointOptions,
  target: HttpTarget,
  configured: readonly EndpointOptions[],
): EndpointOptions {
  const known = configured.find(
    (candidate) =>
      redactUrl(candidate.path) === redactUrl(options.path) &&
      candidate.method === options.method &&
      (candidate.target ?? target.name) === target.name,
  );
  return known ?? options;
}

function httpTargets(ctx: CommandContext<HealthOptions>, name: string | undefined): HttpTarget[] {
  const all = ctx.targets.filter((target) => target.kind === 'http');
  const chosen = name === undefined ? all : all.filter((target) => target.name === name);
  if (chosen.length > 0) return chosen;
  const known = all.map((target) => target.name).join(', ');
  // A config of dependencies alone is a good config.
  throw new RearguardError(name === undefined ? 'E_NOTHING_TO_CHECK' : 'E_USAGE', {
    message: name === undefined ? 'The config has no HTTP target.' : `No HTTP target is named ${name}.`,
    hint: known === '' ? 'Add one under `targets`, with its baseUrl.' : `There is: ${known}.`,
  });
}

function targetOf(options: EndpointOptions, targets: readonly HttpTarget[]): HttpTarget {
  const found =
    options.target === undefined ? targets[0] : targets.find((target) => target.name === options.target);
  if (found) return found;
  throw new RearguardError('E_USAGE', {
    message: `The endpoint ${options.method} ${options.path} names a target ${options.target} that does not exist.`,
    hint: `There is: ${targets.map((target) => target.name).join(', ')}.`,
  });
}

function toEndpoint(target: HttpTarget, options: EndpointOptions, tool: HealthOptions): Endpoint {
  const intervalMs = options.interval ?? tool.interval;
  return {
    // The name goes into the store and into every output; a secret in the query does not.
    name: `${target.name} ${options.method} ${redactUrl(options.path)}`,
    target,
    method: options.method,
    path: options.path,
    options,
    objective: {
      p95Ms: options.slo?.p95 ?? tool.slo.p95,
      availability: options.slo?.availability ?? tool.slo.availability,
    },
    intervalMs,
    // A probe must be over before its next slot, or a hung endpoint would overlap itself.
    timeoutMs: Math.min(options.timeout ?? tool.timeout, intervalMs),
  };
}

async function discover(ctx: CommandContext<HealthOptions>, target: HttpTarget): Promise<EndpointSelection> {
  const subject = { kind: 'target', name: target.name } as const;
  const rules = ruleList.map((rule) => rule.id);
  if (target.openapi === undefined) {
    const hint =
      'List some under tools.api-health-monitor.endpoints, or give the target an openapi document.';
    return { endpoints: [], notChecked: [{ subject, rules, reason: 'no endpoint is known', hint }] };
  }
  try {
    const document = await readOpenApi(ctx, target, target.openapi);
    const { operations, skipped } = safeOperations(document, {
      authenticated: target.auth !== undefined || hasCredentials(target),
    });
    return {
      endpoints: operations.map(({ path }) =>
        toEndpoint(target, endpointSchema.parse({ path }), ctx.options),
      ),
      notChecked: skipped.map(({ path, reason, hint }) => ({
        subject: { kind: 'endpoint', name: `${target.name} GET ${path}` },
        rules,
        reason,
        hint,
      })),
    };
  } catch (error) {
    if (!(error instanceof RearguardError)) throw error;
    return {
      endpoints: [],
      notChecked: [
        { subject, rules, reason: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) },
      ],
    };
  }
}

function uniqueByName(endpoints: readonly Endpoint[]): Endpoint[] {
  return [...new Map(endpoints.map((endpoint) => [endpoint.name, endpoint])).values()];
}
