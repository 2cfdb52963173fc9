import type { Step, StepOf, Take } from '../options.ts';
import type { Condition } from '../trace.ts';
import { condition, conditionOf } from './conditions.ts';
import { authorizeWithCode, jsonOf } from './oauth.ts';
import { loginForm } from './page.ts';
import { type Answer, type Call, copyOf, type Visitor } from './visitor.ts';

export interface Followed {
  answer: Answer | null;
  condition: Condition | null;
}

const STANDARD: Take = {
  access: 'access_token',
  refresh: 'refresh_token',
  expiresIn: 'expires_in',
};

/** Does one step of a flow. What the server makes of it is a condition; only defects and refused targets throw. */
export async function followStep(visitor: Visitor, step: Step, isLoggedIn: boolean): Promise<Followed> {
  switch (step.kind) {
    case 'oauth-code':
      return authorizeWithCode(visitor, step);
    case 'form':
      return sendForm(visitor, step);
    case 'refresh':
      return refresh(visitor, step);
    case 'replay':
      return replay(visitor, step);
    case 'logout':
      visitor.beforeLogout = copyOf(visitor.held);
      return judged(visitor, step, isLoggedIn, { method: step.method, path: step.path });
    case 'json': {
      const body = { type: 'json' as const, value: step.body };
      const followed = await judged(visitor, step, isLoggedIn, {
        method: step.method,
        path: step.path,
        body,
      });
      return step.take === undefined ? followed : takeFrom(visitor, followed, step.take);
    }
    default:
      return judged(visitor, step, isLoggedIn, { method: step.method, path: step.path });
  }
}

async function judged(visitor: Visitor, step: Step, isLoggedIn: boolean, call: Call): Promise<Followed> {
  const answer = await visitor.call({ ...call, headers: step.headers });
  return { answer, condition: conditionOf(step, answer, isLoggedIn) };
}

/** A credential that had ended when it came is of no use, whatever the status says. */
function takeFrom(visitor: Visitor, followed: Followed, take: Take): Followed {
  if (followed.condition !== null || followed.answer === null) return followed;
  if (!visitor.keep(jsonOf(followed.answer), take)) return { ...followed, condition: condition('no-token') };
  return followed;
}

async function sendForm(visitor: Visitor, step: StepOf<'form'>): Promise<Followed> {
  const page = step.page === undefined ? null : await visitor.follow({ method: 'GET', path: step.page });
  const hidden = page === null ? {} : (loginForm(page.text)?.hidden ?? {});
  visitor.beforeLogin = copyOf(visitor.held);
  const answer = await visitor.follow({
    method: 'POST',
    path: step.path,
    headers: step.headers,
    body: { type: 'form', fields: { ...hidden, ...step.fields } },
  });
  if (answer === null) return { answer, condition: condition('redirect-loop') };
  return { answer, condition: conditionOf(step, answer, false) };
}

function refreshCall(step: StepOf<'refresh'> | StepOf<'replay'>, token: string): Call {
  const fields = {
    ...(step.kind === 'refresh' ? step.fields : {}),
    ...(step.style === 'form' ? { grant_type: 'refresh_token' } : {}),
    [step.field]: token,
  };
  const body =
    step.style === 'json' ? { type: 'json' as const, value: fields } : { type: 'form' as const, fields };
  return { method: 'POST', path: step.path, headers: step.headers, body };
}

async function refresh(visitor: Visitor, step: StepOf<'refresh'>): Promise<Followed> {
  const { refreshToken } = visitor.held;
  if (refreshToken === null)
    return { answer: null, condition: condition('nothing-to-use', 'no refresh token') };
  const answer = await visitor.call(refreshCall(step, refreshToken));
  const followed = takeFrom(
    visitor,
    { answer, condition: conditionOf(step, answer, true) },
    step.take ?? STANDARD,
  );
  if (followed.condition === null) visitor.usedRefreshToken = refreshToken;
  return followed;
}

async function replay(visitor: Visitor, step: StepOf<'replay'>): Promise<Followed> {
  if (step.of === 'session') {
    const credentials = visitor.beforeLogout;
    if (credentials === null)
      return { answer: null, condition: condition('nothing-to-use', 'no logout before') };
    return judged(visitor, step, false, {
      method: 'GET',
      path: step.path,
      credentials: copyOf(credentials),
    });
  }
  const used = visitor.usedRefreshToken;
  if (used === null) return { answer: null, condition: condition('nothing-to-use', 'no refresh before') };
  const credentials = copyOf(visitor.held);
  return judged(visitor, step, false, { ...refreshCall(step, used), credentials });
}
