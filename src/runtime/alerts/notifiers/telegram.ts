import { escapeMarkup } from '../../../output/escape.ts';
import { deliver, jsonObject } from './http-outcome.ts';
import { type AlertText, describeMessage, fitLines, type MessageText } from './message-text.ts';
import type { Notifier, NotifierDeps, SettingsOf } from './notifier.ts';

/** Of the text without its markup; ours is counted with it. */
const MAX_TEXT = 4_096;

/** Telegram, by a bot. */
export function createTelegram(
  { token, chat, apiUrl }: SettingsOf<'telegram'>,
  deps: NotifierDeps,
): Notifier {
  return {
    send: (message, signal) =>
      deliver(deps, {
        service: 'Telegram',
        url: `${apiUrl.replace(/\/+$/, '')}/bot${token}/sendMessage`,
        body: {
          chat_id: chat,
          text: telegramText(describeMessage(message)),
          parse_mode: 'HTML',
          link_preview_options: { is_disabled: true },
        },
        hint: 'Check `token`, and that `chat` is the id of a chat which the bot is a member of.',
        signal,
        refusalIn: ({ text }) => {
          const { ok, description } = jsonObject(text);
          return ok === false ? String(description) : null;
        },
      }),
  };
}

function telegramText(text: MessageText): string {
  const lines = [
    `<b>${escapeTelegram(text.headline)}</b>`,
    escapeTelegram(text.context),
    ...text.alerts.flatMap((alert) => ['', ...alertLines(alert)]),
    ...text.notes.flatMap((note) => ['', escapeTelegram(note)]),
  ];
  return fitLines(lines, MAX_TEXT);
}

function alertLines({ title, evidence, advice, verify }: AlertText): string[] {
  return [
    `<b>${escapeTelegram(title)}</b>`,
    ...evidence.map((line) => `• ${escapeTelegram(line)}`),
    ...(advice === null ? [] : [`Fix: ${escapeTelegram(advice)}`]),
    ...(verify === null ? [] : [`Verify: <code>${escapeMarkup(verify)}</code>`]),
  ];
}

/** Telegram finds mentions, hashtags, commands and links by itself; a word joiner, which nobody sees, stops it. */
function escapeTelegram(text: string): string {
  return escapeMarkup(text.replace(/(?<=^|[^\w])[@#/$](?=\w)|:\/\//g, '$&\u2060'));
}
