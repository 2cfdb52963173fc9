import type { Coverage, FindingDraft, Rule, Subject } from 'rearguard';
import { isSessionCookie } from '../collect/follow-flow.ts';
import type { Flow, Step } from '../options.ts';
import { RULES } from '../rules.ts';
import { CONDITIONS, type FlowTrace, type StepTrace } from '../trace.ts';
import { timingsOf } from './timings.ts';

export interface Assessed {
  findings: FindingDraft[];
  coverage: Coverage;
}

interface Verdict {
  rule: Rule;
  step: string;
  /** Absent: the rule came to a verdict, and there is nothing to report. */
  finding?: Pick<FindingDraft, 'title' | 'evidence'> & Partial<FindingDraft>;
}

/** What the traces of one flow say. Pure: the same traces give the same findings. */
export function assessFlow(
  name: string,
  flow: Flow,
  traces: readonly FlowTrace[],
  isEncrypted: boolean,
): Assessed {
  const verdicts = [
    ...outcomes(flow, traces),
    ...rotation(flow, traces),
    ...cookieFlags(flow, traces, isEncrypted),
    ...lifetimes(flow, traces),
    ...urls(flow, traces),
    ...speed(flow, traces),
  ];
  const check = { command: 'trace', input: { flow: name } };
  return {
    findings: verdicts.flatMap(({ rule, step, finding }) =>
      finding === undefined
        ? []
        : [
            {
              rule: rule.id,
              severity: rule.severity,
              confidence: 'proven' as const,
              subject: subjectOf(name, step),
              fix: { summary: rule.fix, steps: [] },
              check,
              ...finding,
            },
          ],
    ),
    coverage: {
      checked: verdicts.map(({ rule, step }) => ({ subject: subjectOf(name, step), rules: [rule.id] })),
      notChecked: unseenSteps(flow, traces).map((step) => ({
        subject: subjectOf(name, step),
        reason: 'a step before it failed',
      })),
    },
  };
}

function subjectOf(flow: string, step: string): Subject {
  return { kind: 'operation', name: `${flow}: ${step}` };
}

function tracesOf(step: string, traces: readonly FlowTrace[]): StepTrace[] {
  return traces.flatMap(({ steps }) => steps.filter((one) => one.step === step));
}

function unseenSteps(flow: Flow, traces: readonly FlowTrace[]): string[] {
  return flow.steps.map(({ name }) => name).filter((step) => tracesOf(step, traces).length === 0);
}

/** Every step that was reached did what was expected, or not; a replay that was accepted is a matter of its own. */
function outcomes(flow: Flow, traces: readonly FlowTrace[]): Verdict[] {
  return flow.steps.flatMap(({ name, kind }): Verdict[] => {
    const seen = tracesOf(name, traces);
    if (seen.length === 0) return [];
    const isReplay = kind === 'replay';
    const rule = isReplay ? RULES.replayAccepted : RULES.stepFailed;
    const failed = seen.filter(({ condition }) => condition !== null);
    const [worst] = failed;
    // Where there was nothing to replay, nothing was shown.
    if (isReplay && worst !== undefined && worst.condition?.name !== 'replay-accepted') return [];
    if (worst === undefined || worst.condition === null) return [{ rule, step: name }];
    const what = CONDITIONS[worst.condition.name];
    return [
      {
        rule,
        step: name,
        finding: {
          title: `${name}: ${what}`,
          evidence: [
            { label: 'condition', value: worst.condition.name },
            {
              label: 'status',
              value: worst.status ?? 'none',
              ...(worst.condition.detail === null ? {} : { sample: worst.condition.detail }),
            },
            { label: 'runs', value: `${failed.length} of ${seen.length}` },
          ],
          impact: {
            summary: isReplay
              ? 'Whoever has the old credentials still gets in.'
              : `${failed.length} of ${seen.length} visitors do not get past this step.`,
            basis: 'measured',
            value: (100 * failed.length) / seen.length,
            unit: '%',
          },
          fix: { summary: rule.fix, steps: [`Repeat it by hand: ${worst.request}.`] },
        },
      },
    ];
  });
}

/** The first step that logs in, and what it did to sessions that were there before. */
function loginStep(flow: Flow): Step | undefined {
  return flow.steps.find(({ kind }) => kind === 'form' || kind === 'json' || kind === 'oauth-code');
}

function rotation(flow: Flow, traces: readonly FlowTrace[]): Verdict[] {
  const login = loginStep(flow);
  if (login === undefined) return [];
  const changes = tracesOf(login.name, traces)
    .filter(({ condition }) => condition === null)
    .flatMap(({ changes: all }) => all)
    .filter(
      ({ cookie, credential }) =>
        cookie !== null && isSessionCookie(flow, credential.slice('cookie '.length)),
    );
  // Without a session before the login there is none to fixate.
  if (changes.length === 0) return [];
  const kept = changes.find(({ change }) => change === 'kept');
  const verdict: Verdict = { rule: RULES.sessionNotRotated, step: login.name };
  if (kept === undefined) return [verdict];
  return [
    {
      ...verdict,
      finding: {
        title: `${login.name}: ${kept.credential} is the same before and after`,
        evidence: [{ label: kept.credential, value: `${kept.from} before, ${kept.to} after` }],
      },
    },
  ];
}

function cookieFlags(flow: Flow, traces: readonly FlowTrace[], isEncrypted: boolean): Verdict[] {
  return flow.steps.flatMap(({ name }): Verdict[] => {
    const set = tracesOf(name, traces)
      .flatMap(({ changes }) => changes)
      .filter(
        ({ credential, change, cookie }) =>
          cookie !== null &&
          (change === 'set' || change === 'rotated') &&
          isSessionCookie(flow, credential.slice('cookie '.length)),
      );
    const [first] = set;
    if (first === undefined || first.cookie === null) return [];
    const { secure, httpOnly, sameSite } = first.cookie;
    const missing = [
      ...(httpOnly ? [] : ['HttpOnly']),
      ...(secure || !isEncrypted ? [] : ['Secure']),
      ...(sameSite === null ? ['SameSite'] : []),
    ];
    const verdict: Verdict = { rule: RULES.cookieFlags, step: name };
    if (missing.length === 0) return [verdict];
    return [
      {
        ...verdict,
        finding: {
          title: `${name}: ${first.credential} is set without ${missing.join(', ')}`,
          evidence: [{ label: 'missing', value: missing.join(', ') }],
        },
      },
    ];
  });
}

function lifetimes(flow: Flow, traces: readonly FlowTrace[]): Verdict[] {
  return flow.steps.flatMap(({ name }): Verdict[] => {
    const token = tracesOf(name, traces)
      .flatMap(({ changes }) => changes)
      .find(({ credential, to }) => credential === 'access token' && to !== null);
    if (token === undefined) return [];
    const { lifetimeS } = token;
    const maxS = flow.maxTokenHours * 3_600;
    const verdict: Verdict = { rule: RULES.tokenLifetime, step: name };
    if (lifetimeS !== null && lifetimeS <= maxS) return [verdict];
    return [
      {
        ...verdict,
        finding: {
          severity: lifetimeS === null ? 'low' : 'medium',
          title:
            lifetimeS === null
              ? `${name}: nothing says when the access token ends`
              : `${name}: the access token lives longer than ${flow.maxTokenHours} hours`,
          evidence: [
            lifetimeS === null
              ? { label: 'lifetime', value: 'not told' }
              : { label: 'lifetime', value: Math.round(lifetimeS / 360) / 10, unit: 'hours' },
            { label: 'allowed', value: flow.maxTokenHours, unit: 'hours' },
          ],
        },
      },
    ];
  });
}

function urls(flow: Flow, traces: readonly FlowTrace[]): Verdict[] {
  return flow.steps.flatMap(({ name }): Verdict[] => {
    const seen = tracesOf(name, traces);
    if (seen.length === 0) return [];
    const found = [...new Set(seen.flatMap(({ inUrl }) => inUrl))];
    const verdict: Verdict = { rule: RULES.credentialInUrl, step: name };
    if (found.length === 0) return [verdict];
    return [
      {
        ...verdict,
        finding: {
          title: `${name}: ${found.join(', ')} in a URL`,
          evidence: [{ label: 'in a URL', value: found.join(', ') }],
        },
      },
    ];
  });
}

/** Fewer runs have no 95th percentile worth the name. */
const MIN_RUNS = 3;

function speed(flow: Flow, traces: readonly FlowTrace[]): Verdict[] {
  return timingsOf(traces).flatMap(({ step, p50Ms, p95Ms, runs, failed, phases }): Verdict[] => {
    if (p95Ms === null || runs - failed < MIN_RUNS) return [];
    const verdict: Verdict = { rule: RULES.slowStep, step };
    if (p95Ms <= flow.maxStepMs) return [verdict];
    const [slowest] = Object.entries(phases).toSorted(([, a], [, b]) => (b ?? 0) - (a ?? 0));
    return [
      {
        ...verdict,
        finding: {
          title: `${step} is slower than ${flow.maxStepMs} ms`,
          evidence: [
            { label: 'p95', value: Math.round(p95Ms), unit: 'ms' },
            { label: 'median', value: Math.round(p50Ms ?? 0), unit: 'ms' },
            { label: 'runs', value: runs - failed },
            { label: 'slowest phase', value: slowest?.[0] ?? 'unknown' },
          ],
          impact: {
            summary: 'Every visitor waits that long to get in.',
            basis: 'measured',
            value: Math.round(p95Ms - flow.maxStepMs),
            unit: 'ms',
          },
        },
      },
    ];
  });
}
