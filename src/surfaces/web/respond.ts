import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { describeIssues, formatProblems } from '../../config/problems.ts';
import { RearguardError } from '../../core/errors.ts';
import type { ReportError } from '../../core/report.ts';
import type { Daemon } from '../../runtime/daemon/daemon.ts';

/** The daemon behind every route. */
export interface WebEnvironment {
  Bindings: HttpBindings;
  Variables: { daemon: Daemon };
}
export type WebContext = Context<WebEnvironment>;

/** Everything that leaves in a body goes through here, without the secrets of the config. */
export function reply(c: WebContext, value: object, status: ContentfulStatusCode = 200): Response {
  return c.json(c.get('daemon').generation().redactor.deep(value), status);
}

/** The one shape of every error. */
export function errorBody({ code, message, hint }: ReportError): { error: ReportError } {
  return { error: { code, message, ...(hint === undefined ? {} : { hint }) } };
}

export function statusOf({ code, exitCode }: RearguardError): ContentfulStatusCode {
  if (code === 'E_INTERNAL') return 500;
  if (code === 'E_NOT_THERE') return 404;
  return exitCode === 2 ? 400 : 503;
}

/** What a caller sent, checked. Throws E_USAGE that names the field. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new RearguardError('E_USAGE', {
    message: formatProblems(describeIssues(result.error.issues, schema), () => ''),
    hint: 'docs/serve.md describes the API.',
  });
}

/** The JSON of a body. Throws E_USAGE. */
export async function parseBody<Schema extends z.ZodType>(
  c: WebContext,
  schema: Schema,
): Promise<z.output<Schema>> {
  let body: unknown;
  try {
    body = await c.req.json();
  } catch {
    throw new RearguardError('E_USAGE', { message: 'The body is not JSON.', hint: '' });
  }
  return parse(schema, body);
}
