import { type Assessment, mergeAssessments } from '../../../core/assessment.ts';
import type { DependencyGraph } from '../../../core/dependency-graph.ts';
import type { DependencyPast } from '../collect/samples.ts';
import type { VendorReading } from '../collect/vendor-pages.ts';
import type { DependencyOptions } from '../options.ts';
import { RULES } from '../rules.ts';
import { assessAvailability, isDown } from './availability.ts';
import { assessCertificates, type CertificateScan, refusedNames } from './certificates.ts';
import { assessDeprecations } from './deprecation.ts';
import { dependencySubject } from './finding.ts';
import { assessLatency } from './latency.ts';
import type { DependencyMeasure } from './measure.ts';
import { assessDomains, assessNameServers } from './names.ts';
import { assessQuotas } from './quota.ts';
import { assessVendors, type OwnView } from './vendors.ts';

/** Everything a look at the dependencies brought. */
export interface Round {
  measures: readonly DependencyMeasure[];
  /** Names of those that are down, causes that were looked at beside them included. */
  down: ReadonlySet<string>;
  graph: DependencyGraph;
  /** What explains a failure. */
  causes: DependencyGraph;
  past: ReadonlyMap<string, DependencyPast>;
  scans: readonly CertificateScan[];
  vendors: readonly VendorReading[];
  options: DependencyOptions;
  nowMs: number;
}

/** All rules over one round. */
export function assessRound(round: Round): Assessment {
  const lastGoodMs = new Map(
    [...round.past].flatMap(([name, past]) =>
      past.lastGoodMs === null ? [] : [[name, past.lastGoodMs] as const],
    ),
  );
  const certificates = assessScans(round);
  return mergeAssessments([
    assessAvailability(round.measures, { ...round, lastGoodMs, refused: refusedNames(certificates) }),
    assessLatency(round.measures, round),
    certificates,
    assessBeside(round),
  ]);
}

/** What certificates say; it explains some failures, so it comes first. */
export function assessScans({
  scans,
  graph,
  options,
  nowMs,
}: Pick<Round, 'scans' | 'graph' | 'options' | 'nowMs'>): Assessment {
  const context = { graph, limits: options.certificate, nowMs };
  return mergeAssessments([assessCertificates(scans, context), withoutHandshake(scans)]);
}

/** What does not depend on how many probes were made: names, what answers say about themselves, vendors. */
export function assessBeside(round: Round): Assessment {
  const { measures, graph, options, nowMs } = round;
  return mergeAssessments([
    assessNameServers(measures, round),
    assessDomains(measures, { graph, limits: options.domain, nowMs }),
    assessQuotas(measures, graph, options.quota.lowShare),
    assessDeprecations(measures, graph, nowMs),
    assessVendors(round.vendors, ownViews(measures), graph),
  ]);
}

function ownViews(measures: readonly DependencyMeasure[]): ReadonlyMap<string, OwnView> {
  return new Map(
    measures.map((measure) => [
      measure.monitored.name,
      {
        up: measure.results.length === 0 ? null : !isDown(measure),
        optional: measure.monitored.dependency.optional,
      },
    ]),
  );
}

/** TLS is spoken there and nobody got as far: no verdict on certificates. */
function withoutHandshake(scans: readonly CertificateScan[]): Assessment {
  const isBlind = ({ addresses }: CertificateScan): boolean =>
    addresses !== null && addresses.cold.hops.every(({ tls }) => tls === null);
  return {
    findings: [],
    checked: [],
    notChecked: scans.filter(isBlind).map(({ monitored }) => ({
      subject: dependencySubject(monitored),
      rules: [RULES.certificateInvalid.id, RULES.certificateExpiring.id],
      reason: 'no TLS handshake came to its end',
    })),
  };
}
