import { counted } from '../../core/counted.ts';
import type { Alert, AlertGroup, AlertMessage, MessageKind } from '../../core/alert.ts';
import type { DependencyGraph } from '../../core/dependency-graph.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Evidence } from '../../core/finding.ts';
import { fingerprintOf } from '../../core/fingerprint.ts';
import { type Severity, severityRank } from '../../core/severity.ts';
import { capText, oneLine } from '../../core/text.ts';
import { commandLine } from '../../output/command-line.ts';
import { nameOfGroup } from './group-key.ts';

const ALERTS_PER_MESSAGE = 10;
const AFFECTED_PER_MESSAGE = 50;
const EVIDENCE_PER_ALERT = 6;
const TITLE_LENGTH = 240;
const LINE_LENGTH = 200;

export interface MessageParts {
  group: AlertGroup;
  kind: MessageKind;
  severity: Severity;
  /** Those it is about. */
  alerts: readonly Alert[];
  /** Alerts of all groups: what is down because of this is among them. */
  everyone: readonly Alert[];
  graph: DependencyGraph;
  nowMs: number;
}

/** The words of a message. Its id and the key of its episode follow from the group alone, also after a restart. */
export function composeMessage(parts: MessageParts): AlertMessage {
  const { group, kind, severity, everyone, nowMs } = parts;
  const alerts = parts.alerts.toSorted(compareAlerts);
  const affected = everyone
    .filter(({ state, suppression }) => state === 'firing' && suppression?.kind === 'cause')
    .filter(({ suppression }) => suppression?.by === nameOfGroup(group.key))
    .map(({ subject }) => line(subject.name));
  const names = [...new Set(affected)].toSorted();
  const endedAtMs = kind === 'resolved' ? endOf(alerts, nowMs) : null;
  return {
    id: fingerprintOf([group.key, String(group.episode), String(group.messages + 1)]),
    kind,
    dedupKey: `rearguard-${fingerprintOf([group.key, String(group.episode)])}`,
    group: group.key,
    severity,
    title: capText(titleOf({ ...parts, alerts }, endedAtMs), TITLE_LENGTH),
    atMs: nowMs,
    startedAtMs: group.firstFiredAtMs,
    endedAtMs,
    alerts: alerts.slice(0, ALERTS_PER_MESSAGE).map((alert) => entryOf(alert, kind)),
    omitted: Math.max(0, alerts.length - ALERTS_PER_MESSAGE),
    affected: names.slice(0, AFFECTED_PER_MESSAGE),
    affectedOmitted: Math.max(0, names.length - AFFECTED_PER_MESSAGE),
  };
}

/** Worst first; that something comes and goes says less than what it is. */
export function compareAlerts(a: Alert, b: Alert): number {
  return (
    severityRank(a.severity) - severityRank(b.severity) ||
    Number(a.rule.endsWith('/flapping')) - Number(b.rule.endsWith('/flapping')) ||
    a.startedAtMs - b.startedAtMs ||
    a.id.localeCompare(b.id)
  );
}

function titleOf({ group, kind, alerts, graph, nowMs }: MessageParts, endedAtMs: number | null): string {
  const name = nameOfGroup(group.key);
  const [worst] = alerts;
  const others = alerts.length - 1;
  const about = line(worst?.title ?? name) + (others > 0 ? ` and ${others} more` : '');
  if (kind === 'resolved') {
    const lasted = formatDuration(Math.max(0, (endedAtMs ?? nowMs) - group.firstFiredAtMs));
    return `${line(name)} is well again after ${lasted}; it was: ${about}`;
  }
  const users = group.key.startsWith('dependency ') ? usersOf(graph, name) : '';
  const since = formatDuration(nowMs - group.firstFiredAtMs);
  return `${kind === 'reminder' ? `Still after ${since}: ` : ''}${about}${users}`;
}

/** ` (2 endpoints and 1 dependency need it)` */
function usersOf(graph: DependencyGraph, name: string): string {
  const { users, dependencies } = graph.impactOf(name);
  const patterns = [...new Set(users.map(({ pattern }) => pattern))];
  const endpoints = patterns.filter((pattern) => pattern.includes('/')).length;
  const counts = [
    someOf(endpoints, 'endpoint'),
    someOf(patterns.length - endpoints, 'target'),
    someOf(dependencies.length, 'dependency', 'dependencies'),
  ].filter((text) => text !== null);
  if (counts.length === 0) return '';
  const needs = patterns.length + dependencies.length === 1 ? 'needs' : 'need';
  return ` (${counts.join(' and ')} ${needs} it)`;
}

function someOf(count: number, one: string, many?: string): string | null {
  return count === 0 ? null : counted(count, one, many);
}

/** What was measured while it failed says nothing once it is well. */
function entryOf(alert: Alert, kind: MessageKind): AlertMessage['alerts'][number] {
  const over = kind === 'resolved';
  return {
    id: alert.id,
    rule: alert.rule,
    severity: alert.severity,
    title: line(alert.title),
    subject: line(alert.subject.name),
    startedAtMs: alert.startedAtMs,
    evidence: over ? [] : alert.evidence.slice(0, EVIDENCE_PER_ALERT).map(evidenceLine),
    advice: over || alert.advice === undefined ? null : line(alert.advice),
    verify: alert.verify === undefined ? null : line(commandLine(alert.verify)),
  };
}

function evidenceLine({ label, value, unit }: Evidence): string {
  return line(`${label}: ${value}${unit === undefined ? '' : ` ${unit}`}`);
}

function endOf(alerts: readonly Alert[], nowMs: number): number {
  const cleared = alerts.flatMap(({ clearedAtMs }) => clearedAtMs ?? []);
  return cleared.length === 0 ? nowMs : Math.max(...cleared);
}

/** Text of the backend may stand in titles and names: one line, no control codes, not endless. */
function line(text: string): string {
  return capText(oneLine(text), LINE_LENGTH);
}
