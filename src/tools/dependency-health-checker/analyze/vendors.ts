import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import type { Evidence, FindingDraft, Subject } from '../../../core/finding.ts';
import type { Severity } from '../../../core/severity.ts';
import type { DependencyGraph } from '../../../core/dependency-graph.ts';
import type { VendorReading } from '../collect/vendor-pages.ts';
import { RULES } from '../rules.ts';
import { impactOn, IS_AFFECTED, milder } from './finding.ts';

const MAX_INCIDENTS_SHOWN = 3;

/** What we know of a dependency ourselves. */
export interface OwnView {
  /** null: not measured. */
  up: boolean | null;
  optional: boolean;
}

/**
 * What vendors admit, beside what we measured. A red page is a finding even while our own probes pass, but a milder one; a
 * green page says nothing about ours; one that cannot be read is no verdict.
 */
export function assessVendors(
  readings: readonly VendorReading[],
  own: ReadonlyMap<string, OwnView>,
  graph: DependencyGraph,
): Assessment {
  const assessment = emptyAssessment();
  for (const reading of readings) {
    const subject: Subject = { kind: 'dependency', name: reading.dependency, location: reading.page };
    if (reading.state === 'unknown') {
      assessment.notChecked.push({
        subject,
        rules: [RULES.vendorIncident.id],
        reason: `its status page could not be read: ${reading.reason ?? 'no reason was given'}`,
        hint: 'Check the statusPage and component settings of the dependency.',
      });
      continue;
    }
    assessment.checked.push({ subject, rule: RULES.vendorIncident });
    if (reading.state === 'operational' || reading.state === 'maintenance') continue;
    const view = own.get(reading.dependency) ?? { up: null, optional: false };
    assessment.findings.push({
      ...incidentFinding(reading, subject, view),
      impact: impactOn(graph, reading.dependency, 'lasts', IS_AFFECTED),
    });
  }
  return assessment;
}

function incidentFinding(reading: VendorReading, subject: Subject, { up, optional }: OwnView): FindingDraft {
  const { dependency, page, state, summary, incidents } = reading;
  const isDegraded = state === 'degraded';
  const severity = severityOf(state, up);
  return {
    rule: RULES.vendorIncident.id,
    severity: optional ? milder(severity) : severity,
    // It is the vendor's word; our own failing probe makes it more than that.
    confidence: up === false ? 'likely' : 'possible',
    title: `The vendor of ${dependency} reports ${isDegraded ? 'degraded service' : 'an outage'}`,
    subject,
    evidence: [
      { label: 'the vendor says', value: state, sample: summary },
      { label: 'we measured', value: up === null ? 'not measured' : up ? 'up' : 'down' },
      ...incidents.slice(0, MAX_INCIDENTS_SHOWN).map(incidentEvidence),
    ],
    fix: {
      summary: RULES.vendorIncident.fix,
      steps: [
        `Read ${incidents.find(({ url }) => url !== null)?.url ?? page}`,
        'Switch to the fallback if you have one, or tell users what does not work until it ends.',
      ],
    },
    check: { command: 'status', input: { dependencies: [dependency] } },
  };
}

function severityOf(state: VendorReading['state'], up: boolean | null): Severity {
  return state === 'degraded' && up === true ? 'info' : RULES.vendorIncident.severity;
}

function incidentEvidence({ title, impact, startedAtMs }: VendorReading['incidents'][number]): Evidence {
  const since = startedAtMs === null ? 'unknown' : new Date(startedAtMs).toISOString();
  return { label: 'incident since', value: since, sample: impact === '' ? title : `${title} (${impact})` };
}
