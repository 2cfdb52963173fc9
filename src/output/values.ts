import type { Cell, Tone } from '../core/block.ts';
import type { Finding } from '../core/finding.ts';
import { type Report, isOpen } from '../core/report.ts';
import { SEVERITIES } from '../core/severity.ts';
import { formatDuration } from '../core/duration.ts';
import { NOT_MEASURED } from '../core/quantity.ts';
import { oneLine, quoteForeign } from '../core/text.ts';

/** Evidence text taken from the backend. */
export function samplesOf(finding: Finding): string[] {
  return finding.evidence.flatMap((entry) => (entry.sample === undefined ? [] : [entry.sample]));
}

export function toneOf(cell: Cell | undefined): Tone | undefined {
  return cell !== null && typeof cell === 'object' ? cell.tone : undefined;
}

/** A span in which minutes would not tell its ends apart. */
const SECONDS_MATTER_MS = 600_000;

/** UTC to the minute: `2026-11-22 10:26`; to the second where it is one of several times within so short a span: `2026-11-22 10:26:07`. */
export function formatTime(atMs: number, spanMs = Infinity): string {
  const date = new Date(atMs);
  if (Number.isNaN(date.getTime())) return NOT_MEASURED;
  return date
    .toISOString()
    .slice(0, spanMs < SECONDS_MATTER_MS ? 19 : 16)
    .replace('T', ' ');
}

/** `2 high, 1 medium`, or `no findings`. */
export function countsText(report: Pick<Report, 'counts'>): string {
  const parts = SEVERITIES.filter((severity) => report.counts[severity] > 0).map(
    (severity) => `${report.counts[severity]} ${severity}`,
  );
  return parts.length === 0 ? 'no findings' : parts.join(', ');
}

/** `PASS  no findings · 12 checked · 3.2 s`. */
export function verdictParts(report: Report): { verdict: string; facts: string[] } {
  const closed = (state: Finding['state']) =>
    report.findings.filter((finding) => finding.state === state).length;
  const facts = [countsText(report)];
  if (closed('resolved') > 0) facts.push(`${closed('resolved')} resolved`);
  if (closed('muted') > 0) facts.push(`${closed('muted')} muted`);
  const { checked, notChecked } = report.coverage;
  facts.push(
    notChecked.length === 0
      ? `${checked.length} checked`
      : `${checked.length} checked, ${notChecked.length} not`,
  );
  facts.push(formatDuration(report.durationMs));
  return { verdict: report.status.toUpperCase(), facts };
}

export function openFindings(report: Report): Finding[] {
  return report.findings.filter(isOpen);
}

/** More findings than this are an overview, a line each: whoever reads them all has to ask for it, and an agent pays for every word. */
const MAX_IN_FULL = 12;
const MAX_LINES = 12;

/** What is shown of findings: all in full while they are few or full detail is asked for, else the first ones by a line, and how many are left. */
export function findingsToShow(
  findings: readonly Finding[],
  detail: 'summary' | 'full' | undefined,
): { full: readonly Finding[]; lines: readonly Finding[]; left: number } {
  if (detail === 'full' || findings.length <= MAX_IN_FULL) return { full: findings, lines: [], left: 0 };
  return { full: [], lines: findings.slice(0, MAX_LINES), left: findings.length - MAX_LINES };
}

/** How long a finding has been known: `since 3d 4h`; nothing for a new one. */
export function ageOf(finding: Finding, nowMs: number | undefined): string | undefined {
  if (nowMs === undefined || finding.state === 'new') return undefined;
  const ageMs = nowMs - Date.parse(finding.firstSeen);
  return ageMs >= 60_000 ? `since ${formatDuration(ageMs)}` : undefined;
}

/** What a report checked, counted by kind of subject: `12 endpoints, 1 target`. */
export function checkedText(report: Report): string {
  const names = new Map<string, Set<string>>();
  for (const { subject } of report.coverage.checked) {
    names.set(subject.kind, (names.get(subject.kind) ?? new Set()).add(subject.name));
  }
  const plural = (kind: string, count: number) =>
    count === 1
      ? kind
      : kind.endsWith('y')
        ? `${kind.slice(0, -1)}ies`
        : kind.endsWith('x')
          ? `${kind}es`
          : `${kind}s`;
  return [...names].map(([kind, set]) => `${set.size} ${plural(kind, set.size)}`).join(', ') || 'nothing';
}

/** Why something was not checked: `endpoint GET /a: refused. hint`. */
export function notCheckedText(entry: Report['coverage']['notChecked'][number]): string {
  const what = entry.subject
    ? `${entry.subject.kind} ${entry.subject.name}`
    : (entry.rules?.join(', ') ?? 'part of this run');
  const hint = entry.hint === undefined ? '' : ` (${entry.hint})`;
  return oneLine(`${what}: ${entry.reason}${hint}`);
}

const MAX_LESSON_TITLE = 120;
const MAX_LESSON_SOLUTION = 200;

/** A line for each lesson that fits a finding; title and solution are words of people, and quoted as such. */
export function lessonsOf({ knowledge = [] }: Finding): string[] {
  return knowledge.map(
    ({ id, title, date, solution }) =>
      `${quoteForeign(title, MAX_LESSON_TITLE)} (${id}, ${date}), ${
        solution === null
          ? 'and its solution is not written down yet'
          : `fixed by ${quoteForeign(solution, MAX_LESSON_SOLUTION)}`
      }`,
  );
}
