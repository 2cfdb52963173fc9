import type { PlannedStep } from '../../../core/load/plan.ts';
import { statusCheck } from './checks.ts';
import { thinkTime } from './think.ts';
import type { CompiledStep, Encode } from './types.ts';

export interface StepContext {
  encode: Encode;
  /** Index of the endpoint of this name, made when it is new. */
  endpointOf(name: string): number;
}

/** RFC 9110, section 9.2.2. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

export function compileStep(step: PlannedStep, context: StepContext): CompiledStep {
  const { origin, method, path, body } = step;
  const headers = step.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const prepared = context.encode(origin, { method, path, headers, body });
  const judgeStatus = statusCheck(step.checks);
  return {
    endpoint: context.endpointOf(step.name),
    origin,
    headOnly: method === 'HEAD',
    wantsHead: false,
    wantsBody: false,
    idempotent: IDEMPOTENT.has(method),
    timeoutMs: step.timeoutMs,
    maxRedirects: step.maxRedirects,
    stream: step.stream,
    encode(session, traceparent) {
      session.stepRandom = session.random;
      session.sentOrigin = origin;
      session.sentPath = path;
      if (traceparent === null) return prepared;
      return context.encode(origin, {
        method,
        path,
        headers: [...headers, ['traceparent', traceparent]],
        body,
      });
    },
    encodeRedirect(session, to, toPath, keepMethod) {
      session.sentOrigin = to;
      session.sentPath = toPath;
      const keeps = keepMethod || method === 'GET' || method === 'HEAD';
      return context.encode(to, {
        method: keeps ? method : 'GET',
        path: toPath,
        headers: keeps ? headers : headers.filter(([name]) => !name.startsWith('content-')),
        body: keeps ? body : null,
      });
    },
    takeCookies: () => undefined,
    judge: (_session, response) => judgeStatus(response.status),
    think: thinkTime(step.think),
  };
}
