import { counted } from '../../core/counted.ts';
import { WORKSPACE_FOLDER } from '../layout.ts';
import type { ContextFacts, FindingFacts, SessionLink, TargetFigure } from './facts.ts';
import { code, plain } from './words.ts';

/** How the backend is, in one line. */
export function statusBody(findings: FindingFacts | null, targets: readonly TargetFigure[]): string {
  const missed = targets
    .filter(({ measured }) => measured?.isMet === false)
    .map(({ name }) => name.toLowerCase());
  const parts = [
    findings === null ? 'nothing was checked yet' : openLine(findings),
    ...(missed.length === 0 ? [] : [`targets missed: ${missed.join(', ')}`]),
  ];
  return `- **Current Status**: ${parts.join('; ')}`;
}

function openLine({ counts }: FindingFacts): string {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return 'no open finding';
  const each = counts.map(({ severity, count }) => `${count} ${severity}`).join(', ');
  return `${counted(total, 'open finding')} (${each})`;
}

/**
 * Open findings, worst first. Their titles carry figures, which move with each run: subject and rule do not.
 */
export function findingsBody(findings: FindingFacts, room: number): string {
  const total = findings.counts.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return 'None is open. `rearguard check` looks again.';
  const shown = findings.worst.slice(0, room);
  const left = total - shown.length;
  return [
    ...shown.map(({ id, severity, rule, subject, since }) => {
      const what = plain(rule.slice(rule.indexOf('/') + 1).replaceAll('-', ' '), 60);
      return `- **${severity}** ${code(id, 60)} ${code(subject, 80)}: ${what}, since ${since}`;
    }),
    left > 0
      ? `- ${left} more: \`rearguard findings\`; with evidence and fix: \`rearguard findings show <id>\``
      : '- With evidence and fix: `rearguard findings show <id>`',
  ].join('\n');
}

export function sessionsBody(sessions: readonly SessionLink[], room: number): string {
  if (sessions.length === 0)
    return 'None yet. `rearguard session start "what you are about to do"` begins one.';
  const left = sessions.length - room;
  return [
    ...sessions
      .slice(0, room)
      .map(
        ({ file, title }) =>
          `- [${plain(title, 90)}](${encodeURI(file).replace(/[()]/g, encodeURIComponent)})`,
      ),
    ...(left > 0 ? [`- ${left} more in [docs/sessions](docs/sessions)`] : []),
  ].join('\n');
}

export function knowledgeBody(lessons: ContextFacts['lessons'], room: number): string {
  const file = '[docs/KNOWLEDGE.md](docs/KNOWLEDGE.md)';
  if (lessons.length === 0) return `No lesson yet in \`${WORKSPACE_FOLDER}/docs/KNOWLEDGE.md\`.`;
  const newest = lessons.toReversed().slice(0, room);
  const left = lessons.length - newest.length;
  return [
    ...newest.map((title) => `- ${plain(title, 100)}`),
    `- ${left > 0 ? `${left} more in` : 'All of it in'} ${file}; \`rearguard knowledge search <words>\` finds them`,
  ].join('\n');
}
