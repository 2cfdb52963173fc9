import type { Block } from 'rearguard';
import type { StepTimings } from './analyze/timings.ts';
import { CONDITIONS, type CredentialChange, type FlowTrace } from './trace.ts';

/** How each step went, in figures. */
export function timingTable(flow: string, timings: readonly StepTimings[]): Block {
  return {
    kind: 'table',
    title: `Steps of ${flow}`,
    columns: [
      { header: 'step' },
      { header: 'request' },
      { header: 'runs', align: 'right' },
      { header: 'failed', align: 'right' },
      { header: 'p50', align: 'right', unit: 'ms' },
      { header: 'p95', align: 'right', unit: 'ms' },
      { header: 'connect', align: 'right', unit: 'ms' },
      { header: 'tls', align: 'right', unit: 'ms' },
      { header: 'ttfb', align: 'right', unit: 'ms' },
    ],
    rows: timings.map(({ step, request, runs, failed, p50Ms, p95Ms, phases }) => [
      step,
      request,
      runs,
      failed > 0 ? { text: String(failed), tone: 'bad' } : 0,
      rounded(p50Ms),
      rounded(p95Ms),
      rounded(phases.connect),
      rounded(phases.tls),
      rounded(phases.ttfb),
    ]),
  };
}

/** What the newest run did to credentials, step by step: letters stand for values. */
export function credentialTree({ flow, steps }: FlowTrace): Block {
  return {
    kind: 'tree',
    title: `Credentials in ${flow}`,
    roots: steps.map(({ step, status, condition, changes }) => ({
      label: `${step}: ${status ?? 'no answer'}${condition === null ? '' : `, ${CONDITIONS[condition.name]}`}`,
      tone: condition === null ? 'good' : 'bad',
      children: changes.map((change) => ({ label: changeText(change) })),
    })),
  };
}

function changeText({ credential, change, from, to, cookie, lifetimeS }: CredentialChange): string {
  const values = {
    set: `set to ${to}`,
    rotated: `${from} becomes ${to}`,
    kept: `stays ${to}`,
    cleared: `${from} is gone`,
  };
  const flags =
    cookie === null
      ? []
      : [
          ...(cookie.httpOnly ? ['HttpOnly'] : []),
          ...(cookie.secure ? ['Secure'] : []),
          ...(cookie.sameSite === null ? [] : [`SameSite=${cookie.sameSite}`]),
        ];
  const notes = [...flags, ...(lifetimeS === null ? [] : [`valid for ${Math.round(lifetimeS / 60)} min`])];
  return `${credential} ${values[change]}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}
