import { counted } from '../../core/counted.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Finding } from '../../core/finding.ts';
import { escapeMarkdown, inlineCode } from '../../core/markdown.ts';
import { evidenceLines } from '../../core/quantity.ts';
import type { NoteKind } from '../../core/note-kinds.ts';
import type { Session } from '../../core/session.ts';
import { capText } from '../../core/text.ts';

/** What really happened while a session was open. */
export interface SessionFacts {
  session: Session & { endedAtMs: number };
  /** Names of tools that are there now and were not when it began. */
  toolsAdded: readonly string[];
  /** Findings that appeared or came back, and stand. */
  opened: readonly Finding[];
  /** Findings that went away. */
  closed: readonly { finding: Finding; atMs: number }[];
  /** Lessons that were written: id and title. */
  lessons: readonly { id: string; title: string }[];
  /** Deployments, migrations and the like, by their titles. */
  events: readonly { atMs: number; title: string }[];
  /** Commands by how often they ran, with the verdict of the last time. */
  runs: readonly { line: string; count: number; status: 'pass' | 'fail' | 'unknown' }[];
  /** Null outside a repository. */
  files: {
    changed: readonly { path: string; isNew: boolean; added: number | null; removed: number | null }[];
  } | null;
}

const MAX_FINDINGS = 20;
const MAX_FILES = 40;
const MAX_TITLE = 160;
const MAX_NOTE = 2_000;

/** Where files of the infrastructure stand, whatever the language. */
const INFRASTRUCTURE =
  /(?:^|\/)(?:Dockerfile[^/]*|(?:docker-)?compose[^/]*\.ya?ml|Jenkinsfile|Procfile|rearguard\.config\.[a-z]+|\.gitlab-ci\.yml)$|(?:^|\/)(?:\.github|\.circleci|migrations?|deploy|infra|terraform|helm|k8s)\//i;
const DOCUMENTATION = /\.(?:md|mdx|rst|adoc)$|(?:^|\/)openapi[^/]*\.(?:ya?ml|json)$/i;

/**
 * The update of a session under the founding document's headings. It says what was measured and noted; whoever worked
 * completes it, so it is written once and never again.
 */
export function sessionUpdate(facts: SessionFacts): string {
  const { session } = facts;
  const day = isoDay(session.startedAtMs);
  return [
    `## Session Update: ${day}`,
    '',
    escapeMarkdown(capText(session.title, MAX_TITLE)),
    '',
    [...(session.by === null ? [] : [`by ${escapeMarkdown(session.by)}`]), timesOf(session)].join(', '),
    '',
    ...heading('Tools Added/Enhanced', [
      ...facts.toolsAdded.map((name) => `${inlineCode(name)}: added`),
      ...notesOf(session, 'tool'),
    ]),
    ...heading('System Insights Gained', [
      ...listed(facts.opened, openedLine, 'more findings: `rearguard findings list`'),
      ...listed(facts.closed, closedLine, 'more that are gone: `rearguard findings list --state resolved`'),
      ...notesOf(session, 'insight'),
    ]),
    ...heading('Documentation Improvements', [
      ...facts.lessons.map(
        ({ id, title }) => `Lesson ${inlineCode(id)}: ${escapeMarkdown(capText(title, MAX_TITLE))}`,
      ),
      ...filesLine(facts, (path) => DOCUMENTATION.test(path)),
      ...notesOf(session, 'documentation'),
    ]),
    ...heading('Infrastructure Evolution', [
      ...facts.events.map(
        ({ atMs, title }) => `${timeOfDay(atMs)} ${escapeMarkdown(capText(title, MAX_TITLE))}`,
      ),
      ...filesLine(facts, (path) => INFRASTRUCTURE.test(path) && !DOCUMENTATION.test(path)),
      ...notesOf(session, 'infrastructure'),
    ]),
    ...heading('What Happened', [...facts.runs.map(runLine), ...changedFiles(facts)]),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function heading(title: string, lines: readonly string[]): string[] {
  const entries = lines.length > 0 ? lines : ['Nothing was recorded; add what there was.'];
  return [`### ${title}:`, ...entries.map((line) => `- ${line}`), ''];
}

function listed<Value>(values: readonly Value[], lineOf: (value: Value) => string, more: string): string[] {
  const left = values.length - MAX_FINDINGS;
  return [...values.slice(0, MAX_FINDINGS).map(lineOf), ...(left > 0 ? [`${left} ${more}`] : [])];
}

function openedLine(finding: Finding): string {
  const word = finding.state === 'regressed' ? 'Back' : 'Found';
  return `${word}: ${findingText(finding)}`;
}

function closedLine({ finding, atMs }: SessionFacts['closed'][number]): string {
  return `Gone at ${timeOfDay(atMs)}: ${findingText(finding)} when it was last seen; \`rearguard verify ${finding.id}\` looks again`;
}

/** `HIGH `db-3f9a1c20` title (p95: 412 ms; calls: 1,200)` */
function findingText(finding: Finding): string {
  const figures = evidenceLines(finding.evidence.filter(({ value }) => typeof value === 'number')).slice(
    0,
    2,
  );
  const measured = figures.length > 0 ? ` (${escapeMarkdown(figures.join('; '))})` : '';
  const title = escapeMarkdown(capText(finding.title, MAX_TITLE));
  return `${finding.severity} ${inlineCode(finding.id)} ${title}${measured}`;
}

function notesOf(session: Session, kind: NoteKind): string[] {
  return session.notes
    .filter((note) => note.kind === kind)
    .map(({ text }) => escapeMarkdown(capText(text, MAX_NOTE)));
}

function filesLine({ files }: SessionFacts, belongs: (path: string) => boolean): string[] {
  const paths = (files?.changed ?? []).map(({ path }) => path).filter(belongs);
  if (paths.length === 0) return [];
  const shown = paths.slice(0, 8).map(inlineCode).join(', ');
  return [`Changed: ${shown}${paths.length > 8 ? ` and ${paths.length - 8} more` : ''}`];
}

function runLine({ line, count, status }: SessionFacts['runs'][number]): string {
  const verdict = { pass: 'passed', fail: 'failed', unknown: 'could not tell' }[status];
  return `${inlineCode(`rearguard ${line}`)}: ${count === 1 ? 'once, it' : `${count} times, last it`} ${verdict}`;
}

function changedFiles({ files }: SessionFacts): string[] {
  if (files === null) return [];
  if (files.changed.length === 0) return ['No file was changed'];
  const left = files.changed.length - MAX_FILES;
  return [
    ...files.changed.slice(0, MAX_FILES).map(({ path, isNew, added, removed }) => {
      const lines = added === null || removed === null ? 'binary' : `+${added} -${removed}`;
      return `${inlineCode(path)} (${isNew ? 'new' : lines})`;
    }),
    ...(left > 0 ? [counted(left, 'more file')] : []),
  ];
}

function timesOf({ startedAtMs, endedAtMs }: SessionFacts['session']): string {
  const sameDay = isoDay(startedAtMs) === isoDay(endedAtMs);
  const end = sameDay ? timeOfDay(endedAtMs) : `${isoDay(endedAtMs)} ${timeOfDay(endedAtMs)}`;
  return `${timeOfDay(startedAtMs)} to ${end} UTC (${formatDuration(endedAtMs - startedAtMs)})`;
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function timeOfDay(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}
