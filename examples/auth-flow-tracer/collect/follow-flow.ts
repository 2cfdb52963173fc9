import type { CommandContext, HttpTarget } from 'rearguard';
import type { Flow, Options, Step } from '../options.ts';
import type { FlowTrace, StepTrace } from '../trace.ts';
import { changesBetween, createLetters } from './changes.ts';
import { condition, conditionOfError } from './conditions.ts';
import { type Followed, followStep } from './follow-step.ts';
import { copyOf, createVisitor, type Visitor } from './visitor.ts';

/** Names of session cookies in the frameworks' own defaults, and what resembles them. */
const USUAL_SESSION =
  /^(?:__(?:Host|Secure)-)?(?:connect\.sid|sid|session(?:_?id)?|.*[._-]?sess(?:ion)?(?:[._-]?id)?|JSESSIONID|PHPSESSID|auth[._-]?token)$/i;

export function isSessionCookie(flow: Pick<Flow, 'sessionCookie'>, name: string): boolean {
  return flow.sessionCookie === undefined ? USUAL_SESSION.test(name) : name === flow.sessionCookie;
}

/** Follows a flow once, as a new visitor. It ends at the first step that fails: what comes after would only fail because of it. */
export async function followFlow(
  ctx: CommandContext<Options>,
  name: string,
  flow: Flow,
  target: HttpTarget,
): Promise<FlowTrace> {
  const visitor = createVisitor(ctx, target, flow);
  const letterOf = createLetters();
  const trace: FlowTrace = { flow: name, startedAtMs: ctx.clock.wallMs(), steps: [] };
  let isLoggedIn = false;
  for (const step of flow.steps) {
    const before = copyOf(visitor.held);
    visitor.beforeLogin = null;
    const startedMs = ctx.clock.monotonicMs();
    const followed = await attempt(visitor, step, isLoggedIn);
    const totalMs = ctx.clock.monotonicMs() - startedMs;
    const nowMs = ctx.clock.wallMs();
    const isSession = (cookie: string): boolean => isSessionCookie(flow, cookie);
    const context = { letterOf, isSession, nowMs };
    const login = visitor.beforeLogin ?? before;
    const changes = [
      // What the pages before the login set is what the login has to replace; that it stayed until then says nothing.
      ...changesBetween(before, login, context).filter(({ change }) => change !== 'kept'),
      ...changesBetween(login, visitor.held, context),
    ];
    const result = { ...followed, condition: followed.condition ?? expiredOnArrival(changes) };
    trace.steps.push(stepTrace(step, visitor, result, changes, totalMs));
    if (result.condition !== null && result.condition.name !== 'replay-accepted') break;
    isLoggedIn ||= step.kind === 'form' || step.kind === 'json' || step.kind === 'oauth-code';
  }
  return trace;
}

async function attempt(visitor: Visitor, step: Step, isLoggedIn: boolean): Promise<Followed> {
  try {
    return await followStep(visitor, step, isLoggedIn);
  } catch (error) {
    const known = conditionOfError(error);
    if (known === undefined) throw error;
    return { answer: null, condition: known };
  }
}

function expiredOnArrival(changes: StepTrace['changes']): StepTrace['condition'] {
  const over = changes.find(
    ({ credential, change, lifetimeS }) =>
      credential === 'access token' && change !== 'cleared' && lifetimeS !== null && lifetimeS <= 0,
  );
  return over === undefined ? null : condition('expired-on-arrival', `${-(over.lifetimeS ?? 0)} s ago`);
}

function stepTrace(
  step: Step,
  visitor: Visitor,
  { answer, condition: found }: Followed,
  changes: StepTrace['changes'],
  totalMs: number,
): StepTrace {
  const { phases, requests, inUrl } = visitor.takeCosts();
  const path = step.kind === 'oauth-code' ? step.authorizePath : step.path;
  return {
    step: step.name,
    kind: step.kind,
    request: `${methodOf(step)} ${path}`,
    status: answer?.status ?? null,
    totalMs,
    phases,
    requests,
    condition: found,
    changes,
    inUrl,
  };
}

function methodOf(step: Step): string {
  if ('method' in step) return step.method;
  if (step.kind === 'oauth-code') return 'GET';
  return step.kind === 'replay' && step.of === 'session' ? 'GET' : 'POST';
}
