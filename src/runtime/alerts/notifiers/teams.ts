import { capText } from '../../../core/text.ts';
import { deliver } from './http-outcome.ts';
import { type AlertText, describeMessage, type MessageText } from './message-text.ts';
import type { Notifier, NotifierDeps, SettingsOf } from './notifier.ts';

/** A message may have 28 KB, and is cut by Teams without a word; what our words need is far less, as JSON in UTF-8 too. */
const MAX_PAYLOAD_BYTES = 27_000;

/** Microsoft Teams, through the webhook of a workflow: an Adaptive Card. */
export function createTeams({ webhook }: SettingsOf<'teams'>, deps: NotifierDeps): Notifier {
  return {
    send: (message, signal) =>
      deliver(deps, {
        service: 'Teams',
        url: webhook,
        body: teamsPayload(describeMessage(message)),
        hint: 'Check `webhook`: it must be the whole address of a workflow that is turned on and begins "When a Teams webhook request is received".',
        signal,
      }),
  };
}

function teamsPayload(text: MessageText): string {
  for (let shown = text.alerts.length; shown > 0; shown -= 1) {
    const payload = JSON.stringify(cardOf(text, shown));
    if (Buffer.byteLength(payload) <= MAX_PAYLOAD_BYTES) return payload;
  }
  return JSON.stringify(cardOf(text, 0));
}

/** RichTextBlock everywhere: the runs in it are text as it is, while a TextBlock reads Markdown. */
function cardOf({ headline, context, alerts, notes }: MessageText, shown: number): Record<string, unknown> {
  const left = alerts.length - shown;
  const body = [
    line([{ text: headline, weight: 'Bolder', size: 'Large' }]),
    line([{ text: context, isSubtle: true }]),
    ...alerts.slice(0, shown).flatMap(alertBlocks),
    ...(left > 0 ? [line([{ text: `${left} of these alerts did not fit here.` }])] : []),
    ...notes.map((note) => line([{ text: note }])),
  ];
  return {
    type: 'message',
    // For the list of chats and for notifications.
    summary: capText(headline, 250),
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body,
        },
      },
    ],
  };
}

interface Run {
  text: string;
  weight?: 'Bolder';
  size?: 'Large';
  isSubtle?: true;
  fontType?: 'Monospace';
}

function alertBlocks({ title, evidence, advice, verify }: AlertText): Record<string, unknown>[] {
  return [
    { ...line([{ text: title, weight: 'Bolder' }]), separator: true },
    ...evidence.map((text) => line([{ text }])),
    ...(advice === null ? [] : [line([{ text: `Fix: ${advice}` }])]),
    ...(verify === null ? [] : [line([{ text: 'Verify: ' }, { text: verify, fontType: 'Monospace' }])]),
  ];
}

function line(runs: readonly Run[]): Record<string, unknown> {
  return { type: 'RichTextBlock', inlines: runs.map((run) => ({ type: 'TextRun', ...run })) };
}
