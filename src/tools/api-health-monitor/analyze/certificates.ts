import { assessCertificates as assessServed, type ExpiryLimits } from '../../_shared/certificates/assess.ts';
import { RULES } from '../rules.ts';
import type { Assessment } from './assessment.ts';
import { type EndpointMeasure, tlsOf } from './measure.ts';

/** Every certificate of every hop, each once per target; `nowMs` is the wall clock. */
export function assessCertificates(
  measures: readonly EndpointMeasure[],
  limits: ExpiryLimits,
  nowMs: number,
): Assessment {
  const served = measures.flatMap((measure) =>
    tlsOf(measure).map(({ url, tls }) => ({
      owner: measure.endpoint.target.name,
      place: new URL(url).host,
      location: url,
      tls,
      check: { command: 'status', input: { endpoints: [measure.endpoint.name] } },
    })),
  );
  const rules = { invalid: RULES.certificateInvalid, expiring: RULES.certificateExpiring };
  return assessServed(served, rules, limits, nowMs);
}
