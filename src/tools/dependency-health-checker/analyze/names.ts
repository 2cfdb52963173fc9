import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import type { DependencyGraph } from '../../../core/dependency-graph.ts';
import type { Evidence } from '../../../core/finding.ts';
import type { ProbeFacts } from '../../../platform/probe/types.ts';
import { expirySeverity, type ExpiryLimits } from '../../_shared/certificates/assess.ts';
import { RULES } from '../rules.ts';
import { dependencyFinding, dependencySubject, impactOn, IS_AFFECTED, WAITS } from './finding.ts';
import type { DependencyMeasure } from './measure.ts';

const DAY_MS = 86_400_000;
const SERVER = 'rcode ';

/** dns: each server by itself. A name that no server knows is down, and said there. */
export function assessNameServers(
  measures: readonly DependencyMeasure[],
  context: { graph: DependencyGraph; down: ReadonlySet<string> },
): Assessment {
  const assessment = emptyAssessment();
  for (const measure of measures) {
    const { monitored, results, facts } = measure;
    const { plan, name } = monitored;
    if (plan.kind !== 'dns' || results.length === 0) continue;
    const subject = dependencySubject(monitored);
    if (context.down.has(name)) {
      assessment.notChecked.push({ subject, rules: [RULES.nameServer.id], reason: 'no server answers' });
      continue;
    }
    assessment.checked.push({ subject, rule: RULES.nameServer });
    const servers = serversOf(facts);
    const failing = servers.filter(({ said }) => said !== 'NOERROR');
    const disagree = facts['agree'] === false;
    if (failing.length === 0 && !disagree) continue;
    assessment.findings.push(
      dependencyFinding(monitored, RULES.nameServer, {
        title:
          failing.length > 0
            ? `${name}: ${failing.map(({ server }) => server).join(', ')} ${failing.length === 1 ? 'does' : 'do'} not answer for ${plan.name}`
            : `${name}: the name servers give different answers for ${plan.name}`,
        severity: failing.length > 0 ? 'high' : 'medium',
        evidence: [
          ...servers.map(({ server, said }): Evidence => ({ label: server, value: said })),
          { label: 'they agree', value: disagree ? 'no' : 'yes' },
        ],
        impact: impactOn(
          context.graph,
          name,
          failing.length > 0 ? 'answers in part' : 'gives different answers',
          failing.length > 0 ? WAITS : IS_AFFECTED,
        ),
        steps: [
          `Ask each by itself: ${servers.map(({ server }) => `dig @${server.replace(/:(\d+)$/, ' -p $1')} ${plan.name} ${plan.type}`).join('; ')}`,
          failing.length > 0
            ? 'Take the one that fails out of resolv.conf or DHCP until it is back: every lookup that meets it waits.'
            : 'Compare the serial numbers of the zone on both; a transfer may be stuck.',
        ],
      }),
    );
  }
  return assessment;
}

function serversOf(facts: ProbeFacts): { server: string; said: string }[] {
  return Object.entries(facts)
    .filter(([name]) => name.startsWith(SERVER))
    .map(([name, said]) => ({ server: name.slice(SERVER.length), said: String(said) }));
}

/** domain: when the registration ends, as the registry says. */
export function assessDomains(
  measures: readonly DependencyMeasure[],
  context: { graph: DependencyGraph; limits: ExpiryLimits; nowMs: number },
): Assessment {
  const assessment = emptyAssessment();
  for (const measure of measures) {
    const { monitored, facts, results } = measure;
    if (monitored.plan.kind !== 'domain') continue;
    const subject = dependencySubject(monitored);
    const expiresAtMs = typeof facts['expires'] === 'string' ? Date.parse(facts['expires']) : Number.NaN;
    if (Number.isNaN(expiresAtMs)) {
      const message = results.at(-1)?.cold.message;
      assessment.notChecked.push({
        subject,
        rules: [RULES.domainExpiring.id],
        reason: message ?? 'the registry publishes no date',
        hint: 'Name the RDAP service of its registry: dependencies.<name>.rdap.',
      });
      continue;
    }
    assessment.checked.push({ subject, rule: RULES.domainExpiring });
    const daysLeft = (expiresAtMs - context.nowMs) / DAY_MS;
    const severity = expirySeverity(daysLeft, context.limits);
    if (severity === undefined) continue;
    assessment.findings.push(
      dependencyFinding(monitored, RULES.domainExpiring, {
        title:
          daysLeft <= 0
            ? `The registration of ${monitored.plan.domain} has ended`
            : `The registration of ${monitored.plan.domain} ends in ${Math.floor(daysLeft)} days`,
        severity,
        evidence: [
          { label: 'days left', value: Number(daysLeft.toFixed(1)), unit: 'days' },
          { label: 'ends', value: new Date(expiresAtMs).toISOString() },
          ...registration(facts),
        ],
        impact: impactOn(context.graph, monitored.name, "is nobody's"),
        steps: [
          'Renew it at the registrar; see whether automatic renewal is on and its payment works.',
          'Lock the domain, and let two people have access to the account.',
        ],
      }),
    );
  }
  return assessment;
}

function registration(facts: ProbeFacts): Evidence[] {
  return ['registrar', 'status'].flatMap((label) => {
    const said = facts[label];
    return typeof said === 'string' ? [{ label, value: '', sample: said }] : [];
  });
}
