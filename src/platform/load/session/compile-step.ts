import type { FailureKind } from '../../../core/load/measure.ts';
import type { LoadPlan, PlannedStep } from '../../../core/load/plan.ts';
import { safeTarget } from '../wire/request-text.ts';
import type { WireRequest, WireResponse } from '../wire/types.ts';
import type { createBodyReader } from './body-reader.ts';
import { compileCheck, type ResponseCheck, statusCheck } from './checks.ts';
import { compileExtraction, type Extractor } from './extraction.ts';
import { createJsonMemory } from './json-memory.ts';
import { compileRequest, renderRequest, type RequestTemplate } from './request.ts';
import type { TextContext } from './text.ts';
import { thinkTime } from './think.ts';
import type { CompiledStep, Encode, SessionState } from './types.ts';

export interface StepContext extends TextContext {
  plan: LoadPlan;
  encode: Encode;
  body: ReturnType<typeof createBodyReader>;
  /** Index of the endpoint of this name, made when it is new. */
  endpointOf(name: string): number;
}

/** RFC 9110, section 9.2.2. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

export function compileStep(step: PlannedStep, context: StepContext): CompiledStep {
  const request = compileRequest(step, context);
  const wants = wantsOf(step, context.plan.limits.cookies);
  return {
    endpoint: context.endpointOf(step.name),
    origin: step.origin,
    headOnly: step.method === 'HEAD',
    wantsHead: wants.head,
    wantsBody: wants.body,
    idempotent: IDEMPOTENT.has(step.method),
    timeoutMs: step.timeoutMs,
    maxRedirects: step.maxRedirects,
    stream: step.stream,
    encode: encoder(step.origin, request, context),
    encodeRedirect: redirectEncoder(step.origin, request, context),
    takeCookies: (session, response) => takeCookies(session, response, context.plan),
    judge: judgeOf(step, context),
    think: thinkTime(step.think),
  };
}

/** What a step has to see of a response; what it does not is only skipped. */
function wantsOf(
  { checks, extract, headers }: PlannedStep,
  cookies: boolean,
): { head: boolean; body: boolean } {
  const body =
    checks.some(({ kind }) => kind === 'json' || kind === 'body-contains' || kind === 'body-matches') ||
    extract.some(({ from }) => from === 'json' || from === 'regex');
  // A body may be compressed only if the step says that it takes that.
  const compressed = body && headers.some(([name]) => name.toLowerCase() === 'accept-encoding');
  const head =
    cookies ||
    compressed ||
    checks.some(({ kind }) => kind === 'header') ||
    extract.some(({ from }) => from === 'header' || from === 'cookie');
  return { head, body };
}

function encoder(origin: number, request: RequestTemplate, context: StepContext): CompiledStep['encode'] {
  const { encode, plan } = context;
  const url = plan.origins[origin]?.url ?? '';
  const { path } = request;
  const prepared = request.constant ? encode(origin, renderRequest(request, null)) : null;
  return (session, traceparent) => {
    session.stepRandom = session.random;
    session.sentOrigin = origin;
    if (prepared !== null && 'constant' in path) {
      session.sentPath = path.constant;
      const cookie = session.cookies === null ? null : session.cookies.header(url, path.constant);
      if (traceparent === null && cookie === null) return prepared;
    }
    const rendered = renderRequest(request, session);
    session.sentPath = rendered.path;
    const cookie = session.cookies === null ? null : session.cookies.header(url, rendered.path);
    return encode(origin, withFields(rendered, cookie, traceparent));
  };
}

function redirectEncoder(
  origin: number,
  request: RequestTemplate,
  { encode, plan }: StepContext,
): CompiledStep['encodeRedirect'] {
  return (session, to, location, keepMethod) => {
    const path = safeTarget(location);
    // The same values as in the first hop: a body that is sent again is the same body.
    const random = session.random;
    session.random = session.stepRandom;
    const { method, headers, body } = renderRequest(request, session);
    session.random = random;
    session.sentOrigin = to;
    session.sentPath = path;
    const kept = keepMethod || method === 'GET' || method === 'HEAD';
    const cookie =
      session.cookies === null ? null : session.cookies.header(plan.origins[to]?.url ?? '', path);
    const hop: WireRequest = {
      method: kept ? method : 'GET',
      path,
      // As browsers do: what describes a body goes with it, and what proves who we are goes to nobody else (Fetch, 4.4).
      headers: headers.filter(
        ([name]) =>
          (kept || !name.startsWith('content-')) &&
          (to === origin || (name !== 'authorization' && name !== 'cookie')),
      ),
      body: kept ? body : null,
    };
    return encode(to, withFields(hop, cookie, null));
  };
}

/** A Cookie field of the step's own stays, before those of the session. */
function withFields(request: WireRequest, cookie: string | null, traceparent: string | null): WireRequest {
  if (cookie === null && traceparent === null) return request;
  const headers: [string, string][] = [];
  let cookies = cookie;
  for (const [name, value] of request.headers) {
    if (cookies !== null && name === 'cookie') cookies = `${value}; ${cookies}`;
    else headers.push([name, value]);
  }
  if (cookies !== null) headers.push(['cookie', cookies]);
  if (traceparent !== null) headers.push(['traceparent', traceparent]);
  return { ...request, headers };
}

function takeCookies(session: SessionState, response: WireResponse, { origins }: LoadPlan): void {
  if (session.cookies === null) return;
  const fields = response.headers('set-cookie');
  if (fields.length > 0) {
    session.cookies.store(origins[session.sentOrigin]?.url ?? '', session.sentPath, fields);
  }
}

function judgeOf(step: PlannedStep, context: StepContext): CompiledStep['judge'] {
  const { body, plan } = context;
  const judgeStatus = statusCheck(step.checks);
  const checks = compiledChecks(step, context);
  const extractors = compiledExtractions(step, context);
  if (checks.length === 0 && extractors.length === 0 && !plan.limits.cookies) {
    return (_session, response) => judgeStatus(response.status);
  }
  const memory = createJsonMemory();
  return (session, response): FailureKind | null => {
    takeCookies(session, response, plan);
    const failure = judgeStatus(response.status);
    if (failure !== null) return failure;
    body.read(response, memory);
    for (let index = 0; index < checks.length; index += 1) {
      if (!checks[index]!(response, body)) return 'check';
    }
    for (let index = 0; index < extractors.length; index += 1) {
      if (!extractors[index]!(session, response, body)) return 'extraction';
    }
    return null;
  };
}

function compiledChecks({ checks }: PlannedStep, { report }: StepContext): ResponseCheck[] {
  return checks.flatMap((check) => {
    if (check.kind === 'status') return [];
    try {
      return [compileCheck(check)];
    } catch (error) {
      const source = check.kind === 'json' ? check.path : check.kind === 'body-matches' ? check.pattern : '';
      report(`check ${check.kind} ${JSON.stringify(source)}: ${(error as Error).message}`);
      return [];
    }
  });
}

function compiledExtractions({ extract }: PlannedStep, { report, scope }: StepContext): Extractor[] {
  return extract.flatMap((extraction) => {
    const slot = scope.slotOf(extraction.variable);
    if (slot === undefined) return [];
    try {
      return [compileExtraction(extraction, slot, scope.isUsedInHeader)];
    } catch (error) {
      report(`extraction of ${extraction.variable}: ${(error as Error).message}`);
      return [];
    }
  });
}
