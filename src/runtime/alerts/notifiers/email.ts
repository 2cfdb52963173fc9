import { createTransport } from 'nodemailer';
import type { AlertMessage } from '../../../core/alert.ts';
import { capText } from '../../../core/text.ts';
import { escapeMarkup } from '../../../output/escape.ts';
import { DELIVERED, quote } from './http-outcome.ts';
import { hashOf } from './keys.ts';
import { type AlertText, describeMessage, type MessageText, plainLines } from './message-text.ts';
import {
  type Notifier,
  type NotifierDeps,
  type SendOutcome,
  type SettingsOf,
  TRY_TIMEOUT_MS,
} from './notifier.ts';

/** A line of a header may have 998 characters (RFC 5322); people read far fewer. */
const MAX_SUBJECT = 200;

/** E-mail over SMTP, as text and HTML; all messages of one episode are a thread. */
export function createEmail({ smtp, from, to }: SettingsOf<'email'>, deps: NotifierDeps): Notifier {
  const transport = createTransport({
    url: smtp,
    requireTLS: needsTls(smtp),
    connectionTimeout: TRY_TIMEOUT_MS,
    greetingTimeout: TRY_TIMEOUT_MS,
    socketTimeout: TRY_TIMEOUT_MS,
    dnsTimeout: TRY_TIMEOUT_MS,
    // Addresses and bodies are never paths or URLs to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(message, signal) {
      try {
        await transport.sendMail({ from, to: [...to], ...mailOf(message, domainOf(from)), signal });
        return DELIVERED;
      } catch (thrown) {
        return outcomeOf(thrown, deps);
      }
    },
  };
}

/** A password goes over an encrypted connection or not at all, unless the server is this machine. */
function needsTls(smtp: string): boolean {
  const { protocol, password, hostname } = new URL(smtp);
  return protocol === 'smtp:' && password !== '' && !/^(?:localhost|127\..*|\[::1\])$/.test(hostname);
}

function mailOf(message: AlertMessage, domain: string): Record<string, unknown> {
  const text = describeMessage(message);
  // Nobody ever sent the root: what came first may have been given up, and a thread needs none.
  const thread = `<rearguard.${hashOf(message.dedupKey)}@${domain}>`;
  return {
    subject: capText(text.headline, MAX_SUBJECT),
    text: [text.headline, ...plainLines(text)].join('\n'),
    html: htmlOf(text),
    date: new Date(message.atMs),
    messageId: `<rearguard.${hashOf(message.id)}@${domain}>`,
    references: [thread],
    ...(message.kind === 'firing' || message.kind === 'test' ? {} : { inReplyTo: thread }),
    headers: {
      // So that nobody's absence notice comes back (RFC 3834).
      'Auto-Submitted': 'auto-generated',
      'X-Rearguard-Delivery': capText(message.id.replace(/[^\x21-\x7e]/g, ''), MAX_SUBJECT),
    },
  };
}

function htmlOf({ headline, context, alerts, notes }: MessageText): string {
  const paragraphs = [context, ...notes].map((line) => `<p>${escapeMarkup(line)}</p>`);
  const [first = '', ...others] = paragraphs;
  return [
    '<!doctype html>',
    '<html><body style="font-family: sans-serif">',
    `<h2>${escapeMarkup(headline)}</h2>`,
    first,
    ...alerts.map(alertHtml),
    ...others,
    '</body></html>',
  ].join('\n');
}

function alertHtml({ title, evidence, advice, verify }: AlertText): string {
  return [
    `<h3>${escapeMarkup(title)}</h3>`,
    ...(evidence.length === 0
      ? []
      : [`<ul>${evidence.map((line) => `<li>${escapeMarkup(line)}</li>`).join('')}</ul>`]),
    ...(advice === null ? [] : [`<p>Fix: ${escapeMarkup(advice)}</p>`]),
    ...(verify === null ? [] : [`<p>Verify: <code>${escapeMarkup(verify)}</code></p>`]),
  ].join('\n');
}

function domainOf(from: string): string {
  return /@([\w.-]+)/.exec(from)?.[1] ?? 'rearguard.invalid';
}

/** 4xx is for now, 5xx for good (RFC 5321, section 4.2.1); without an answer the server was not there. */
function outcomeOf(thrown: unknown, deps: NotifierDeps): SendOutcome {
  const {
    code = '',
    responseCode,
    message = String(thrown),
  } = thrown as {
    code?: string;
    responseCode?: number;
    message?: string;
  };
  const error = `The mail server: ${quote(deps, message)}`;
  if (code === 'EREQUIRETLS' || /STARTTLS/i.test(message)) {
    return {
      kind: 'rejected',
      error: `${error}. A password needs encryption: use smtps:// or a server that offers STARTTLS.`,
    };
  }
  if (responseCode === undefined || responseCode < 500) return { kind: 'retry', error };
  const hint =
    code === 'EAUTH' ? 'Check user and password in `smtp`.' : 'Check `from` and `to`, and who may send here.';
  return { kind: 'rejected', error: `${error}. ${hint}` };
}
