import { counted } from '../../../core/counted.ts';
import type { Evidence, FindingDraft, Rule, Subject } from '../../../core/finding.ts';
import type { Severity } from '../../../core/severity.ts';
import { quoteForeign } from '../../../core/text.ts';
import { commandOn } from './command-lines.ts';
import { quietTimeMs } from './quiet.ts';
import type { ErrorGroup } from './model.ts';

const MAX_VALUES = 3;
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
  /** Logs that were looked at by themselves: only they can tell whether it is gone. None: those of the config. */
  files: readonly string[];
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
      steps: [...(parts.fix?.steps ?? []), ...defaultSteps(group, parts.files)],
    },
    check: {
      command: 'analyze',
      input: {
        ...(parts.files.length === 0 ? {} : { files: [...parts.files] }),
        group: group.id,
        unseenFor: `${Math.ceil(quietTimeMs(group) / 1_000)}s`,
        rule: rule.id,
      },
    },
  };
}

/** Fields that say who or what is hit, in the order in which people ask; a value that all records share says little. */
const ASKED_FIELDS = ['release', 'host', 'tenant', 'endpoint', 'service'];

function whoIsHit({ users, hosts, fields }: ErrorGroup): Evidence[] {
  const mixes = ASKED_FIELDS.flatMap((name) => fields.find(({ field }) => field === name) ?? []);
  const counts = [
    ...(users === null ? [] : [counted(users, 'user')]),
    ...(hosts === null ? [] : [counted(hosts, 'host')]),
  ];
  if (counts.length === 0 && mixes.length === 0) return [];
  const told = mixes.map(
    ({ field, values }) =>
      `${field}: ${values
        .slice(0, MAX_VALUES)
        .map(({ value, count }) => `${value} (${count})`)
        .join(', ')}`,
  );
  return [
    {
      label: 'who is hit',
      value: counts.length === 0 ? 'see below' : counts.join(' on '),
      ...(told.length === 0 ? {} : { sample: told.join(' · ') }),
    },
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
  const hit = users === null ? '' : `, ${counted(users, 'user')}`;
  return {
    summary: `${count} of ${totalRecords} records${hit}`,
    basis: 'measured',
    value: Number(share.toPrecision(3)),
    unit: '%',
  };
}

function defaultSteps({ id, culprit }: ErrorGroup, files: readonly string[]): string[] {
  return [
    ...(culprit === null ? [] : [`Begin at ${quoteForeign(culprit, 160)}.`]),
    `See all of it: ${commandOn('show', id, files)}`,
    // What is looked at by itself is not remembered, so nothing can be said of it.
    ...(files.length > 0
      ? []
      : [
          `When it is mended: rearguard errors resolve ${id}; when it does no harm: rearguard errors ignore ${id}`,
        ]),
  ];
}
