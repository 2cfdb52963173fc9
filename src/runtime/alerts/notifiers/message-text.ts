import type { AlertMessage, MessageKind } from '../../../core/alert.ts';
import { formatDuration } from '../../../core/duration.ts';
import { capText, oneLine } from '../../../core/text.ts';

/**
 * A message in words, the same for every channel: clean, each piece on one line and capped, but not escaped. Titles and
 * evidence come from a backend, so every channel has to escape all of it in its own way.
 */
export interface MessageText {
  /** `Firing, high: shop is down` */
  headline: string;
  /** `target shop, since 2026-11-22 13:40:05 UTC` */
  context: string;
  alerts: readonly AlertText[];
  /** What did not fit, and who suffers: whole sentences, often none. */
  notes: readonly string[];
}

export interface AlertText {
  /** `high: POST /pay answers 500` */
  title: string;
  evidence: readonly string[];
  advice: string | null;
  /** A command to copy. */
  verify: string | null;
}

const KIND_WORDS: Readonly<Record<MessageKind, string>> = {
  firing: 'Firing',
  update: 'Update',
  reminder: 'Reminder',
  resolved: 'Resolved',
  test: 'Test',
};

/** Above these nobody reads a chat message; the limits of the channels are far higher. */
const MAX_TITLE = 240;
const MAX_LINE = 400;
const MAX_EVIDENCE = 6;
const MAX_AFFECTED = 1_000;

export function describeMessage(message: AlertMessage): MessageText {
  return {
    headline: `${headOf(message)}: ${clean(message.title, MAX_TITLE)}`,
    context: contextOf(message),
    alerts: message.alerts.map(({ severity, title, evidence, advice, verify }) => ({
      title: `${severity}: ${clean(title, MAX_TITLE)}`,
      evidence: evidence.slice(0, MAX_EVIDENCE).map((line) => clean(line, MAX_LINE)),
      advice: advice === null ? null : clean(advice, MAX_LINE),
      verify: verify === null ? null : clean(verify, MAX_LINE),
    })),
    notes: [...omittedNote(message), ...affectedNote(message)],
  };
}

/** `2026-11-22 13:40:05 UTC` */
export function formatInstant(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Every line as plain text, for channels without markup. */
export function plainLines(text: MessageText): string[] {
  return [
    text.context,
    ...text.alerts.flatMap(({ title, evidence, advice, verify }) => [
      '',
      title,
      ...evidence.map((line) => `  ${line}`),
      ...(advice === null ? [] : [`  Fix: ${advice}`]),
      ...(verify === null ? [] : [`  Verify: ${verify}`]),
    ]),
    ...text.notes.flatMap((note) => ['', note]),
  ];
}

/** As many whole lines as fit into `max` UTF-16 units, with a last one that says that some were left out. */
export function fitLines(lines: readonly string[], max: number): string {
  const whole = lines.join('\n');
  if (whole.length <= max) return whole;
  const kept: string[] = [];
  let left = max - 1;
  for (const line of lines) {
    left -= line.length + 1;
    if (left < 0) break;
    kept.push(line);
  }
  return [...kept, '…'].join('\n');
}

function headOf({ kind, severity }: AlertMessage): string {
  return kind === 'resolved' || kind === 'test' ? KIND_WORDS[kind] : `${KIND_WORDS[kind]}, ${severity}`;
}

function contextOf({ kind, group, startedAtMs, endedAtMs, atMs }: AlertMessage): string {
  const name = clean(group, MAX_TITLE);
  if (kind === 'test') return `${name}, sent ${formatInstant(atMs)}`;
  if (endedAtMs === null) return `${name}, since ${formatInstant(startedAtMs)}`;
  return `${name}, from ${formatInstant(startedAtMs)} to ${formatInstant(endedAtMs)} (${formatDuration(endedAtMs - startedAtMs)})`;
}

function omittedNote({ omitted }: AlertMessage): string[] {
  if (omitted === 0) return [];
  return [
    omitted === 1 ? 'One more alert is not listed here.' : `${omitted} more alerts are not listed here.`,
  ];
}

function affectedNote({ affected, affectedOmitted }: AlertMessage): string[] {
  if (affected.length === 0) return [];
  const more = affectedOmitted === 0 ? '' : ` and ${affectedOmitted} more`;
  return [`Affected: ${clean(affected.join(', '), MAX_AFFECTED)}${more}.`];
}

function clean(text: string, max: number): string {
  return capText(oneLine(text), max);
}
