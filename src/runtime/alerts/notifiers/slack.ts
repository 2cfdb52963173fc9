import { capText } from '../../../core/text.ts';
import { type ApiCall, deliver } from './http-outcome.ts';
import { type AlertText, describeMessage, fitLines, type MessageText } from './message-text.ts';
import type { Notifier, NotifierDeps, SettingsOf } from './notifier.ts';

/** Limits of Block Kit: characters of a header, of the text of a section, blocks of a message. */
const MAX_HEADER = 150;
const MAX_SECTION = 3_000;
const MAX_BLOCKS = 50;

/** Slack, through an incoming webhook: blocks, and their text for notifications and for receivers that only know `text`. */
export function createSlack({ webhook }: SettingsOf<'slack'>, deps: NotifierDeps): Notifier {
  return {
    send(message, signal) {
      const call: ApiCall = {
        service: 'Slack',
        url: webhook,
        body: slackPayload(describeMessage(message)),
        hint: 'Check `webhook`: it must be the whole address of an incoming webhook whose channel still exists.',
        signal,
        // Slack says `ok`; relays that speak its language say all kinds of things, but not these.
        refusalIn: ({ text }) => (/^(?:invalid_|no_|missing_|channel_|action_)\w+/.test(text) ? text : null),
      };
      return deliver(deps, call);
    },
  };
}

function slackPayload(text: MessageText): Record<string, unknown> {
  const blocks = [
    { type: 'header', text: { type: 'plain_text', text: capText(text.headline, MAX_HEADER), emoji: false } },
    section([escapeMrkdwn(text.context)]),
    ...text.alerts.map((alert) => section(alertLines(alert))),
    ...text.notes.map((note) => section([escapeMrkdwn(note)])),
  ];
  return {
    text: `${escapeMrkdwn(text.headline)}\n${escapeMrkdwn(text.context)}`,
    blocks: blocks.slice(0, MAX_BLOCKS),
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** `verbatim` keeps Slack from making links and mentions of what only looks like one. */
function section(lines: readonly string[]): Record<string, unknown> {
  return { type: 'section', text: { type: 'mrkdwn', text: fitLines(lines, MAX_SECTION), verbatim: true } };
}

function alertLines({ title, evidence, advice, verify }: AlertText): string[] {
  return [
    `*${escapeMrkdwn(title)}*`,
    ...evidence.map((line) => `• ${escapeMrkdwn(line)}`),
    ...(advice === null ? [] : [`Fix: ${escapeMrkdwn(advice)}`]),
    ...(verify === null ? [] : [`Verify: \`${escapeMrkdwn(verify).replaceAll('`', "'")}\``]),
  ];
}

/** The three characters that begin mentions, channels and links. */
function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
