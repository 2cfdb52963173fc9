import type { Block } from '../../core/block.ts';
import { covers } from '../../core/coverage.ts';
import type { Finding } from '../../core/finding.ts';
import { formatQuantity } from '../../core/quantity.ts';
import { isOpen, type Report } from '../../core/report.ts';
import type { WorkflowData } from './data.ts';

/** A figure that moved by less is noise. */
const MOVED_BY = 0.1;
const MAX_ROWS = 20;

type Since = NonNullable<WorkflowData['since']>;

/** What is different from the last time: findings that came and went, those that nobody looked at, and figures that moved. */
export function changesSince(
  previous: Pick<Report, 'startedAt' | 'findings'> | undefined,
  { findings, coverage }: Pick<Report, 'findings' | 'coverage'>,
): Since | null {
  if (previous === undefined) return null;
  const before = new Map(previous.findings.filter(isOpen).map((finding) => [finding.fingerprint, finding]));
  const now = findings.filter(isOpen);
  // Who is muted now is neither gone nor out of sight.
  const known = new Set(
    findings.filter(({ state }) => state !== 'resolved').map(({ fingerprint }) => fingerprint),
  );
  const absent = [...before.values()].filter(({ fingerprint }) => !known.has(fingerprint));
  const isGone = ({ rule, subject }: Finding): boolean => covers(coverage, rule, subject);
  return {
    at: previous.startedAt,
    appeared: now.filter(({ fingerprint }) => !before.has(fingerprint)).map(({ id }) => id),
    gone: absent.filter(isGone).map(({ id }) => id),
    notLookedAt: absent.filter((finding) => !isGone(finding)).map(({ id }) => id),
    moved: now.flatMap((finding) => {
      const known = before.get(finding.fingerprint);
      return known === undefined ? [] : movedFigures(known, finding);
    }),
  };
}

/** The first figure of a finding is the one that its rule judges by. */
function movedFigures(before: Finding, after: Finding): Since['moved'] {
  const figure = after.evidence.find(({ value }) => typeof value === 'number');
  const known = before.evidence.find(({ label }) => label === figure?.label);
  if (figure === undefined || typeof figure.value !== 'number' || typeof known?.value !== 'number') return [];
  if (Math.abs(figure.value - known.value) < MOVED_BY * Math.abs(known.value)) return [];
  const { label, unit = null } = figure;
  return [{ finding: after.id, label, before: known.value, after: figure.value, unit }];
}

export function changesTable(since: Since | null, findings: readonly Finding[]): Block[] {
  if (since === null) return [];
  const titleOf = (id: string): string => findings.find((finding) => finding.id === id)?.title ?? '';
  const rows = [
    ...since.appeared.map((id) => [{ text: 'new', tone: 'bad' as const }, id, titleOf(id)]),
    ...since.moved.map(({ finding, label, before, after, unit }) => {
      const quantity = (value: number): string => formatQuantity(value, unit ?? undefined);
      return ['moved', finding, `${label}: ${quantity(before)} then, ${quantity(after)} now`];
    }),
    ...since.gone.map((id) => [{ text: 'gone', tone: 'good' as const }, id, titleOf(id)]),
    ...since.notLookedAt.map((id) => [{ text: 'not looked at', tone: 'warn' as const }, id, titleOf(id)]),
  ];
  if (rows.length === 0) return [];
  const omitted = rows.length - MAX_ROWS;
  return [
    {
      kind: 'table',
      title: `Since ${since.at.slice(0, 16).replace('T', ' ')} UTC`,
      columns: [{ header: '' }, { header: 'finding' }, { header: '' }],
      rows: rows.slice(0, MAX_ROWS),
      ...(omitted > 0 ? { omitted } : {}),
    },
  ];
}
