import type { Severity } from '../../../core/severity.ts';
import type { AlertMessage } from '../../../core/alert.ts';
import { capText } from '../../../core/text.ts';
import { deliver } from './http-outcome.ts';
import { type AlertText, describeMessage, fitLines, type MessageText } from './message-text.ts';
import type { Notifier, NotifierDeps, SettingsOf } from './notifier.ts';

/** Limits of an embed; all of its text together has 6,000 characters. */
const MAX_TITLE = 256;
const MAX_DESCRIPTION = 4_096;

const COLORS: Readonly<Record<Severity, number>> = {
  critical: 0xb3_1d_28,
  high: 0xd9_3f_0b,
  medium: 0xdb_ab_09,
  low: 0x3b_82_c4,
  info: 0x8b_94_9e,
};
const GREEN = 0x2d_a4_4e;

/** Discord, through a webhook. */
export function createDiscord({ webhook }: SettingsOf<'discord'>, deps: NotifierDeps): Notifier {
  return {
    send: (message, signal) =>
      deliver(deps, {
        service: 'Discord',
        url: webhook,
        body: discordPayload(message, describeMessage(message)),
        hint: 'Check `webhook`: it must be the whole address of a webhook that was not deleted.',
        signal,
      }),
  };
}

function discordPayload({ kind, severity, atMs }: AlertMessage, text: MessageText): Record<string, unknown> {
  const lines = [
    escapeDiscord(text.context),
    ...text.alerts.flatMap((alert) => ['', ...alertLines(alert)]),
    ...text.notes.flatMap((note) => ['', escapeDiscord(note)]),
  ];
  return {
    embeds: [
      {
        title: escapeDiscord(text.headline, MAX_TITLE),
        description: fitLines(lines, MAX_DESCRIPTION),
        color: kind === 'resolved' ? GREEN : COLORS[severity],
        timestamp: new Date(atMs).toISOString(),
      },
    ],
    allowed_mentions: { parse: [] },
  };
}

function alertLines({ title, evidence, advice, verify }: AlertText): string[] {
  return [
    `**${escapeDiscord(title)}**`,
    ...evidence.map((line) => `- ${escapeDiscord(line)}`),
    ...(advice === null ? [] : [`Fix: ${escapeDiscord(advice)}`]),
    ...(verify === null ? [] : [`Verify: \`${verify.replaceAll('`', "'")}\``]),
  ];
}

/** A backslash takes the meaning from any punctuation: no masked link, mention or heading comes out of it. */
function escapeDiscord(text: string, max = Number.POSITIVE_INFINITY): string {
  const escaped = text.replace(/[\\*_~`|[\]<>@]|:(?=\/\/)|^[-+#]/g, '\\$&');
  // A backslash at the cut would be shown.
  return escaped.length <= max ? escaped : capText(escaped, max).replace(/\\+…$/, '…');
}
