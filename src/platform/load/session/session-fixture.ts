import * as fc from 'fast-check';
import { arrivals, planFixture, stepFixture } from '../../../core/load/plan-fixture.ts';
import type { LoadPlan, PlannedScenario, PlannedStep } from '../../../core/load/plan.ts';
import type { EncodedRequest, WireRequest, WireResponse } from '../wire/types.ts';
import { compilePlan } from './compile-plan.ts';
import type { CompiledPlan, SessionState } from './types.ts';

/** For tests: a plan with what matters to them; nothing of it is connected to. */
export function plannedStep({ path = '/', ...step }: Partial<PlannedStep> = {}): PlannedStep {
  return stepFixture(path, step);
}

export function plannedScenario(scenario: Partial<PlannedScenario> = {}): PlannedScenario {
  return { name: 'only', weight: 1, begin: [], steps: [], ...scenario };
}

export function loadPlan(plan: Partial<LoadPlan> = {}, cookies = false): LoadPlan {
  return planFixture({
    model: arrivals(1, 1_000),
    origins: [
      { url: 'https://shop.test', protocol: 'http/1.1' },
      { url: 'https://pay.test:8443', protocol: 'http/1.1' },
    ],
    scenarios: [],
    ...plan,
    limits: { cookies, ...plan.limits },
  });
}

/** What `capture` makes of a request: the request itself. */
export type Captured = EncodedRequest & WireRequest & { origin: number };

export function capture(origin: number, request: WireRequest): Captured {
  return { bytes: 0, origin, ...request };
}

export function compiled(
  plan: Partial<LoadPlan>,
  options: { cookies?: boolean; now?: () => number; variables?: Record<string, string> } = {},
): CompiledPlan {
  const { cookies = false, now = () => 0, variables = {} } = options;
  return compilePlan(loadPlan(plan, cookies), capture, { variables, now });
}

/** A plan of one scenario, and a session of it that has begun. */
export function sessionOf(
  steps: readonly PlannedStep[],
  plan: Partial<LoadPlan> = {},
  options: Parameters<typeof compiled>[1] = {},
): { plan: CompiledPlan; session: SessionState; sent: (position: number) => Captured } {
  const made = compiled({ scenarios: [plannedScenario({ steps })], ...plan }, options);
  const session = made.newSession();
  made.begin(session, 0);
  return {
    plan: made,
    session,
    sent: (position) => session.scenario.steps[position]!.encode(session, null) as Captured,
  };
}

export function response(
  body: string | Buffer = '',
  status = 200,
  fields: Readonly<Record<string, string | readonly string[]>> = {},
): WireResponse {
  const bytes = Buffer.from(body);
  const headers = (name: string): readonly string[] => [fields[name] ?? []].flat();
  return {
    status,
    bodyBytes: bytes.length,
    firstByteAtMs: 0,
    header: (name) => headers(name)[0] ?? null,
    headers,
    body: () => bytes,
    hasBody: (known) => bytes.equals(known.bytes),
  };
}

/** Texts of separators, control codes, letters beyond Latin-1 and lone surrogates alike. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  const unit = fc.oneof(
    fc.integer({ min: 0, max: 0x7f }),
    fc.integer({ min: 0x80, max: 0x2ff }),
    fc.integer({ min: 0xd7f0, max: 0xe010 }),
  );
  return fc.array(unit, { maxLength }).map((units) => String.fromCharCode(...units));
}
