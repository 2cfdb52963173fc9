import type { Evidence, FindingDraft, Rule, Subject } from '../../../core/finding.ts';
import type { Severity } from '../../../core/severity.ts';
import { quietTimeMs } from './quiet.ts';
import type { ErrorGroup } from './model.ts';

/** Most fields of records that are told as who is hit. */
const MAX_FIELDS = 3;
const MAX_SAMPLE = 500;

/** The id alone: titles change when groups merge. */
export function groupSubject(group: Pick<ErrorGroup, 'id' | 'culprit'>): Subject {
  return {
    kind: 'error',
    name: group.id,
    ...(group.culprit === null ? {} : { location: group.culprit }),
  };
}

export interface FindingParts {
  title: string;
  evidence: readonly Evidence[];
  severity?: Severity;
  confidence: FindingDraft['confidence'];
  /** Records of the window, all groups: what a share is of. */
  totalRecords: number;
  fix?: { summary: string; steps: readonly string[] };
}

/** Everything a finding about a group needs; `check` looks whether it is still seen. */
export function groupFinding(group: ErrorGroup, rule: Rule, parts: FindingParts): FindingDraft {
  return {
    rule: rule.id,
    severity: parts.severity ?? rule.severity,
    confidence: parts.confidence,
    title: parts.title,
    subject: groupSubject(group),
    evidence: [...parts.evidence, ...whoIsHit(group), ...sampleOf(group)],
    impact: impactOf(group, parts.totalRecords),
    fix: {
      summary: parts.fix?.summary ?? rule.fix,
      steps: [...(parts.fix?.steps ?? []), ...defaultSteps(group)],
    },
    check: {
      command: 'analyze',
      input: { group: group.id, quiet: `${Math.ceil(quietTimeMs(group) / 1_000)}s`, rule: rule.id },
    },
  };
}

function whoIsHit({ users, hosts, fields }: ErrorGroup): Evidence[] {
  const mixes = fields.filter(({ distinct }) => distinct > 0).slice(0, MAX_FIELDS);
  return [
    ...(users === null ? [] : [{ label: 'users', value: users }]),
    ...(hosts === null ? [] : [{ label: 'hosts', value: hosts }]),
    ...mixes.map(({ field, values, distinct }) => ({
      label: field,
      value: distinct > 1 ? `${distinct} values, most often` : 'always',
      sample: values
        .slice(0, MAX_FIELDS)
        .map(({ value, count }) => `${value} (${count})`)
        .join(', '),
    })),
  ];
}

function sampleOf({ samples }: ErrorGroup): Evidence[] {
  const [newest] = samples;
  if (newest === undefined) return [];
  return [
    {
      label: 'newest record',
      value: newest.atMs === null ? 'without a time' : new Date(newest.atMs).toISOString(),
      sample: newest.text.slice(0, MAX_SAMPLE),
    },
  ];
}

function impactOf({ count, users }: ErrorGroup, totalRecords: number): NonNullable<FindingDraft['impact']> {
  const share = totalRecords === 0 ? 0 : (100 * count) / totalRecords;
  const hit = users === null ? '' : `, ${users} users`;
  return {
    summary: `${count} of ${totalRecords} records${hit}`,
    basis: 'measured',
    value: Number(share.toPrecision(3)),
    unit: '%',
  };
}

function defaultSteps({ id, culprit }: ErrorGroup): string[] {
  return [
    ...(culprit === null ? [] : [`Begin at ${culprit}.`]),
    `See all of it: rearguard errors show ${id}`,
    `When it is mended: rearguard errors resolve ${id}; when it does no harm: rearguard errors ignore ${id}`,
  ];
}
