import { failedAssertions, type Observation } from './assertions.ts';
import type { Attempt } from './attempt.ts';
import { bodyText } from './body.ts';
import type { WireAnswer } from './exchange.ts';
import type { Failure } from './failure.ts';
import { sumPhases } from './phases.ts';
import type {
  FailedAssertion,
  HttpProbePlan,
  ProbeCause,
  ProbeFacts,
  ProbeHop,
  ProbeOutcome,
} from './types.ts';
import type { Sanitizer } from './untrusted-text.ts';

/** An attempt as a result: what was measured, and whether it is what the plan asks for. */
export async function judge(
  attempt: Pick<Attempt, 'hops' | 'answer' | 'failure'>,
  plan: HttpProbePlan,
  sanitize: Sanitizer,
): Promise<ProbeOutcome> {
  const { hops, answer } = attempt;
  const measured = { phases: sumPhases(hops.map((hop) => hop.phases)), totalMs: totalOf(hops) };
  const failed = answer === null ? [] : await failures(answer, plan, measured, sanitize);
  const failure = attempt.failure ?? (answer === null ? null : verdict(answer.status, failed, plan));
  return {
    success: failure === null,
    cause: failure?.cause ?? null,
    message: failure === null ? null : sanitize(failure.message),
    status: hops.at(-1)?.status ?? null,
    ...measured,
    hops,
    failedAssertions: failed,
    facts: factsOf(answer, plan, sanitize),
  };
}

/** An outcome without a measurement: nothing was sent. */
export function unmeasured(failure: Failure, sanitize: Sanitizer): ProbeOutcome {
  return {
    success: false,
    cause: failure.cause,
    message: sanitize(failure.message),
    status: null,
    phases: sumPhases([]),
    totalMs: 0,
    hops: [],
    failedAssertions: [],
    facts: {},
  };
}

/** The headers the plan wants to keep, under their names. */
function factsOf(answer: WireAnswer | null, plan: HttpProbePlan, sanitize: Sanitizer): ProbeFacts {
  const facts: Record<string, string> = {};
  for (const name of plan.captureHeaders ?? []) {
    const value = answer?.headers.get(name);
    if (value !== undefined) facts[name] = sanitize(value);
  }
  return facts;
}

function totalOf(hops: readonly ProbeHop[]): number {
  return hops.reduce((sum, hop) => sum + hop.totalMs, 0);
}

async function failures(
  answer: WireAnswer,
  plan: HttpProbePlan,
  measured: Pick<Observation, 'phases' | 'totalMs'>,
  sanitize: Sanitizer,
): Promise<FailedAssertion[]> {
  const readsBody = plan.assertions.some(({ kind }) => kind === 'body' || kind === 'json');
  const body = readsBody ? await bodyText(answer, plan.maxBodyBytes) : { text: '', truncated: false };
  return failedAssertions(
    plan.assertions,
    {
      ...measured,
      status: answer.status,
      headers: answer.headers,
      body: body.text,
      bodyTruncated: body.truncated,
    },
    sanitize,
  );
}

/** The status is judged first: when it is wrong, the rest follows from it. */
function verdict(status: number, failed: readonly FailedAssertion[], plan: HttpProbePlan): Failure | null {
  const asked = plan.assertions.flatMap((assertion) => (assertion.kind === 'status' ? assertion.anyOf : []));
  const statusFits =
    asked.length > 0
      ? !failed.some(({ assertion }) => assertion.kind === 'status')
      : status >= 200 && status < 400;
  if (!statusFits) {
    const wanted = asked.length > 0 ? asked.join(', ') : '2xx or 3xx';
    return { cause: statusCause(status), message: `answered ${status}, expected ${wanted}` };
  }
  const [first] = failed;
  if (first === undefined) return null;
  const more = failed.length > 1 ? `, and ${failed.length - 1} more` : '';
  return { cause: 'assertion', message: `${describe(first)}${more}` };
}

function statusCause(status: number): ProbeCause {
  if (status >= 500) return 'status-5xx';
  return status >= 400 ? 'status-4xx' : 'status-unexpected';
}

function describe({ assertion, actual }: FailedAssertion): string {
  switch (assertion.kind) {
    case 'latency':
      return `took ${actual}, allowed are ${assertion.maxMs} ms`;
    case 'phase':
      return `${assertion.phase} took ${actual}, allowed are ${assertion.maxMs} ms`;
    case 'header':
      return `header ${assertion.name} does not fit (${assertion.op}): ${actual}`;
    case 'json':
      return `${assertion.path} does not fit (${assertion.op}): ${actual}`;
    default:
      return `${assertion.kind} does not fit: ${actual}`;
  }
}
