import { domainToASCII } from 'node:url';
import { resolveAddress } from '../dns/resolve-address.ts';
import type { NetGuard } from '../net-guard.ts';
import { attemptChain, type Attempt } from './attempt.ts';
import { firstRequest } from './auth.ts';
import { bodyText } from './body.ts';
import { startDeadline } from './deadline.ts';
import type { WireAnswer, WireRequest } from './exchange.ts';
import { classifyFailure, ProbeFailure } from './failure.ts';
import type { ProbeContext } from './http-probe.ts';
import { sumPhases } from './phases.ts';
import type { DomainPlan } from './plans.ts';
import { guardForRegistries } from './registry-guard.ts';
import { parseRegistration } from './rdap-answer.ts';
import { redirectedRequest } from './redirects.ts';
import type { HttpProbePlan, ProbeFacts, ProbeHop, ProbeOutcome } from './types.ts';
import { sanitizeText } from './untrusted-text.ts';

/** From a directory to the registry and on to the registrar. */
const MAX_REDIRECTS = 3;
/** Answers about domains have some 10 kB. */
const MAX_BODY_BYTES = 262_144;
/** A longer wait than this is no wait. */
const MAX_RETRY_AFTER_SECONDS = 31_536_000;

/** The registration of a domain over RDAP (RFC 9082, section 3.1.3). */
export async function probeDomain(plan: DomainPlan, context: ProbeContext): Promise<ProbeOutcome> {
  const { clock, intendedAtMonotonicMs } = context;
  const startMs = intendedAtMonotonicMs ?? clock.monotonicMs();
  const deadline = startDeadline(clock, startMs + plan.timeoutMs, context.signal);
  const hops: ProbeHop[] = [];
  const facts: Record<string, string | number | boolean | null> = {};
  const say = (more: ProbeFacts): void => void Object.assign(facts, more);
  try {
    const answer = await ask(plan, { ...context, deadline }, hops);
    await readAnswer(answer, plan, { nowMs: clock.wallMs(), say });
    return toOutcome(hops, facts, null);
  } catch (error) {
    return toOutcome(hops, facts, error);
  } finally {
    deadline.stop();
  }
}

type AskContext = ProbeContext & { deadline: ReturnType<typeof startDeadline> };

/** Follows redirects by its own rule: to the same host, or over HTTPS. Each hop is added to `hops` as it happens. */
async function ask(plan: DomainPlan, context: AskContext, hops: ProbeHop[]): Promise<WireAnswer> {
  const { clock, deadline, intendedAtMonotonicMs } = context;
  const httpPlan = requestPlan(plan);
  let request = firstRequest(httpPlan, undefined, clock.wallMs());
  let guard: NetGuard = context.guard;
  for (let followed = 0; ; followed += 1) {
    const attempt: Attempt = await attemptChain(
      request,
      { plan: httpPlan, clock, guard, deadline, resolver: context.resolver ?? resolveAddress },
      {
        intendedAtMs: followed === 0 ? intendedAtMonotonicMs : undefined,
        phaseLimitMs: plan.timeoutMs,
      },
    );
    attempt.channel?.destroy();
    hops.push(...attempt.hops);
    if (attempt.answer === null) {
      throw new ProbeFailure(
        attempt.failure?.cause ?? 'protocol-error',
        attempt.failure?.message ?? 'no answer',
      );
    }
    const next = redirectedRequest(request, attempt.answer);
    if (next === undefined) return attempt.answer;
    if (followed === MAX_REDIRECTS) {
      throw new ProbeFailure('too-many-redirects', `more than ${MAX_REDIRECTS} redirects`);
    }
    requireAllowedRedirect(request, next);
    guard = guardForRegistries(context.guard, next.url.hostname);
    request = next;
  }
}

function requestPlan(plan: DomainPlan): HttpProbePlan {
  const name = domainToASCII(plan.domain.replace(/\.$/, ''));
  if (name === '') throw new ProbeFailure('protocol-error', `${plan.domain} is no domain name`);
  return {
    id: plan.id,
    kind: 'http',
    url: `${plan.rdapUrl.replace(/\/+$/, '')}/domain/${encodeURIComponent(name)}`,
    method: 'GET',
    headers: { accept: 'application/rdap+json, application/json' },
    httpVersion: '1.1',
    maxRedirects: 0,
    resolver: 'own',
    timeoutMs: plan.timeoutMs,
    warm: false,
    assertions: [],
    maxBodyBytes: MAX_BODY_BYTES,
  };
}

function requireAllowedRedirect(from: WireRequest, to: WireRequest): void {
  if (to.url.protocol === 'https:' || to.url.hostname === from.url.hostname) return;
  throw new ProbeFailure(
    'target-refused',
    `redirected to ${to.url.hostname} in clear text, where anybody on the way could answer`,
  );
}

async function readAnswer(
  answer: WireAnswer,
  plan: DomainPlan,
  { nowMs, say }: { nowMs: number; say: (facts: ProbeFacts) => void },
): Promise<void> {
  if (answer.status !== 200) throw refusal(answer, plan, { nowMs, say });
  const { text, truncated } = await bodyText(answer, MAX_BODY_BYTES);
  if (truncated)
    throw new ProbeFailure('protocol-error', `the answer is larger than ${MAX_BODY_BYTES} bytes`);
  const parsed = parseRegistration(text);
  if (parsed === null) throw new ProbeFailure('protocol-error', 'the answer is not RDAP about a domain');
  const asked = domainToASCII(plan.domain.replace(/\.$/, ''));
  if (parsed.name !== null && domainToASCII(parsed.name.replace(/\.$/, '')) !== asked) {
    throw new ProbeFailure('protocol-error', `the answer is about ${parsed.name}, not ${plan.domain}`);
  }
  say({ ...parsed.registration });
}

function refusal(
  { status, headers }: WireAnswer,
  plan: DomainPlan,
  { nowMs, say }: { nowMs: number; say: (facts: ProbeFacts) => void },
): ProbeFailure {
  if (status === 404) {
    return new ProbeFailure(
      'status-4xx',
      `${plan.domain} is not registered, or no registry answers for it over RDAP (404)`,
    );
  }
  if (status === 429 || status === 503) {
    const seconds = retryAfterSeconds(headers.get('retry-after'), nowMs);
    if (seconds !== null) say({ retryAfterSeconds: seconds });
    const later = seconds === null ? '' : `, ask again in ${seconds} s`;
    return new ProbeFailure('not-ready', `the registry takes no question now (${status})${later}`);
  }
  const cause = status >= 500 ? 'status-5xx' : status >= 400 ? 'status-4xx' : 'status-unexpected';
  return new ProbeFailure(cause, `the registry answered ${status}`);
}

/** Seconds, or a date (RFC 9110, section 10.2.3); null when it is neither. */
function retryAfterSeconds(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - nowMs) / 1_000;
  return Number.isNaN(seconds) ? null : Math.min(Math.max(0, Math.ceil(seconds)), MAX_RETRY_AFTER_SECONDS);
}

function toOutcome(hops: readonly ProbeHop[], facts: ProbeFacts, error: unknown): ProbeOutcome {
  const failure = error === null ? null : classifyFailure(error, null);
  return {
    success: failure === null,
    cause: failure?.cause ?? null,
    message: failure === null ? null : sanitizeText(failure.message),
    status: hops.at(-1)?.status ?? null,
    phases: sumPhases(hops.map((hop) => hop.phases)),
    totalMs: hops.reduce((sum, hop) => sum + hop.totalMs, 0),
    hops,
    failedAssertions: [],
    facts,
  };
}
