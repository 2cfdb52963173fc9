import type { Socket } from 'node:net';
import { type LocalServer, serveTcp } from './servers.ts';

/** A mail as it went over the wire. */
export interface ReceivedMail {
  from: string;
  to: string[];
  /** Names in lower case, unfolded. */
  headers: ReadonlyMap<string, string>;
  /** All of it, as sent. */
  source: string;
}

export interface SmtpServer extends LocalServer {
  mails: ReceivedMail[];
  /** `user:password` of each login. */
  logins: string[];
  /** What to say to a verb in place of yes: `{ RCPT: '550 unknown' }`. */
  replies: Partial<Record<'CONNECT' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'END', string>>;
}

/** A mail server on loopback: as much of RFC 5321 as a client needs, with AUTH PLAIN and without encryption. */
export async function serveSmtp(): Promise<SmtpServer> {
  const state = { mails: [] as ReceivedMail[], logins: [] as string[], replies: {} as SmtpServer['replies'] };
  const server = await serveTcp((socket) => converse(socket, state));
  return Object.assign(server, state);
}

function converse(socket: Socket, { mails, logins, replies }: Omit<SmtpServer, keyof LocalServer>): void {
  let unread = '';
  let envelope = { from: '', to: [] as string[] };
  let inData = false;
  const say = (line: string) => socket.write(`${line}\r\n`);

  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    unread += chunk;
    for (let end = nextEnd(); end >= 0; end = nextEnd()) {
      const part = unread.slice(0, end);
      unread = unread.slice(end + (inData ? 5 : 2));
      if (inData) takeMail(part);
      else obey(part);
    }
  });
  say(replies.CONNECT ?? '220 mail.test ESMTP');

  function nextEnd(): number {
    return unread.indexOf(inData ? '\r\n.\r\n' : '\r\n');
  }

  function takeMail(source: string): void {
    inData = false;
    const refusal = replies.END;
    if (refusal === undefined) mails.push({ ...envelope, source, headers: headersOf(source) });
    say(refusal ?? '250 queued');
  }

  function obey(line: string): void {
    const verb = line.slice(0, 4).toUpperCase();
    const address = /<(.*?)>/.exec(line)?.[1] ?? '';
    const refusal = replies[verb as keyof typeof replies];
    if (refusal !== undefined) return void say(refusal);
    if (verb === 'EHLO') return void say('250-mail.test\r\n250 AUTH PLAIN');
    if (verb === 'AUTH') {
      const [, user = '', password = ''] = Buffer.from(line.split(' ')[2] ?? '', 'base64')
        .toString()
        .split('\0');
      logins.push(`${user}:${password}`);
      return void say('235 welcome');
    }
    if (verb === 'MAIL') envelope = { from: address, to: [] };
    if (verb === 'RCPT') envelope.to.push(address);
    if (verb === 'DATA') {
      inData = true;
      return void say('354 go on');
    }
    if (verb === 'QUIT') return void socket.end('221 bye\r\n');
    say(/^(?:HELO|MAIL|RCPT|RSET|NOOP)$/.test(verb) ? '250 ok' : '502 not here');
  }
}

function headersOf(source: string): Map<string, string> {
  const [head = ''] = source.split('\r\n\r\n', 1);
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}
