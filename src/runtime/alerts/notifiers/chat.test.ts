import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  hostileMessage,
  hugeMessage,
  NEVER,
  openNotifier,
  openReceiver,
  type Receiver,
  testMessage,
} from './notifier-fixture.ts';

let receiver: Receiver;

beforeEach(async () => {
  receiver = await openReceiver();
});
afterEach(() => receiver.close());

async function sent<Body>(
  settings: Readonly<Record<string, unknown>>,
  message = testMessage(),
): Promise<Body> {
  const notifier = await openNotifier(settings);
  expect(await notifier.send(message, NEVER)).toEqual({ kind: 'delivered' });
  return receiver.received.at(-1)?.json() as Body;
}

describe('slack', () => {
  interface Payload {
    text: string;
    blocks: { type: string; text: { type: string; text: string; verbatim?: boolean } }[];
  }
  const settings = () => ({ kind: 'slack', webhook: `${receiver.origin}/hook` });

  it('sends blocks, and their gist as text', async () => {
    const { text, blocks } = await sent<Payload>(settings());
    expect(text).toBe(
      'Firing, high: payment accepts and never answers\ndependency payment, since 2026-11-22 13:39:00 UTC',
    );
    expect(blocks.map((block) => [block.type, block.text.text])).toEqual([
      ['header', 'Firing, high: payment accepts and never answers'],
      ['section', 'dependency payment, since 2026-11-22 13:39:00 UTC'],
      [
        'section',
        '*high: payment accepts and never answers*\n• no answer within: 5 s\n• failed checks: 4\n' +
          'Fix: Restart the payment service.\nVerify: `rearguard verify deps-3f9a1c20`',
      ],
      ['section', '2 more alerts are not listed here.'],
      ['section', 'Affected: POST /orders, POST /refunds and 1 more.'],
    ]);
  });

  it('leaves no mention or link in a hostile text', async () => {
    const { text, blocks } = await sent<Payload>(settings(), hostileMessage());
    const marked = [text, ...blocks.filter((block) => block.text.type === 'mrkdwn').map((b) => b.text.text)];
    for (const one of marked) expect(one).not.toMatch(/[<>]/);
    expect(marked.join()).toContain('&lt;!channel&gt; @everyone &lt;b&gt;x&lt;/b&gt; &amp;amp;');
    expect(blocks.every((block) => block.text.type === 'plain_text' || block.text.verbatim === true)).toBe(
      true,
    );
    expect(marked.join()).not.toContain('\u001b');
  });

  it('keeps within the limits of blocks', async () => {
    const { blocks } = await sent<Payload>(settings(), hugeMessage());
    expect(blocks[0]?.text.text.length).toBeLessThanOrEqual(150);
    for (const block of blocks) expect(block.text.text.length).toBeLessThanOrEqual(3_000);
    expect(blocks.length).toBeLessThanOrEqual(50);
  });
});

describe('discord', () => {
  interface Payload {
    embeds: { title: string; description: string; color: number; timestamp: string }[];
    allowed_mentions: { parse: string[] };
  }
  const settings = () => ({ kind: 'discord', webhook: `${receiver.origin}/hook` });

  it('sends an embed that mentions nobody, and turns green when all is well', async () => {
    receiver.next.push({ status: 204 });
    const firing = await sent<Payload>(settings());
    expect(firing.allowed_mentions).toEqual({ parse: [] });
    expect(firing.embeds).toHaveLength(1);
    expect(firing.embeds[0]?.title).toBe('Firing, high: payment accepts and never answers');
    expect(firing.embeds[0]?.timestamp).toBe('2026-11-22T13:40:05.000Z');
    expect(firing.embeds[0]?.description).toContain('- failed checks: 4\nFix: Restart');
    const resolved = await sent<Payload>(
      settings(),
      testMessage({ kind: 'resolved', endedAtMs: Date.UTC(2026, 10, 22, 13, 45) }),
    );
    expect(resolved.embeds[0]?.color).not.toBe(firing.embeds[0]?.color);
    expect(resolved.embeds[0]?.description).toContain('to 2026-11-22 13:45:00 UTC (6m)');
  });

  it('takes every meaning from hostile markup', async () => {
    const { embeds } = await sent<Payload>(settings(), hostileMessage());
    const { title = '', description = '' } = embeds[0] ?? {};
    expect(title).toContain('\\[pay\\](https\\://evil.example/a) \\*\\*now\\*\\* \\`rm -rf\\`');
    const outsideOfCode = description.replace(/`curl[^`]*`/g, '');
    expect(outsideOfCode).not.toMatch(/(?<!\\)(?:[[\]`@<]|:\/)/);
  });

  it('keeps within the limits of embeds', async () => {
    const { embeds } = await sent<Payload>(settings(), hugeMessage());
    const { title = '', description = '' } = embeds[0] ?? {};
    expect(title.length).toBeLessThanOrEqual(256);
    expect(title).toMatch(/[^\\]…$/);
    expect(description.length).toBeLessThanOrEqual(4_096);
    expect(title.length + description.length).toBeLessThanOrEqual(6_000);
  });
});

describe('teams', () => {
  interface Block {
    type: string;
    inlines: { type: string; text: string }[];
  }
  interface Payload {
    type: string;
    attachments: { contentType: string; content: { type: string; body: Block[] } }[];
  }
  const settings = () => ({ kind: 'teams', webhook: `${receiver.origin}/workflows/x` });

  it('sends an Adaptive Card in the envelope of a workflow, with text that is never read as Markdown', async () => {
    receiver.next.push({ status: 202 });
    const { type, attachments } = await sent<Payload>(settings(), hostileMessage());
    expect(type).toBe('message');
    expect(attachments[0]?.contentType).toBe('application/vnd.microsoft.card.adaptive');
    const body = attachments[0]?.content.body ?? [];
    expect(new Set(body.map((block) => block.type))).toEqual(new Set(['RichTextBlock']));
    expect(body[0]?.inlines[0]).toMatchObject({ type: 'TextRun', weight: 'Bolder' });
    expect(body[0]?.inlines[0]?.text).toContain('[pay](https://evil.example/a)');
  });

  it('keeps the whole message within 28 KB, and says what it left out', async () => {
    const payload = await sent<Payload>(settings(), hugeMessage());
    expect(Buffer.byteLength(receiver.received.at(-1)?.text ?? '')).toBeLessThanOrEqual(28 * 1_024);
    expect(JSON.stringify(payload)).toMatch(/\d of these alerts did not fit here/);
  });
});

describe('telegram', () => {
  interface Payload {
    chat_id: string;
    text: string;
    parse_mode: string;
    link_preview_options: unknown;
  }
  const settings = () => ({ kind: 'telegram', token: 'BOT', chat: '-100', apiUrl: receiver.origin });
  const withToken = { env: { TOKEN: '1234567:secret-of-the-bot' } };

  it('posts to sendMessage of the bot', async () => {
    const notifier = await openNotifier({ ...settings(), token: { $env: 'TOKEN' } }, withToken);
    receiver.next.push({ status: 200, text: '{"ok":true,"result":{}}' });
    expect(await notifier.send(testMessage(), NEVER)).toEqual({ kind: 'delivered' });
    const [request] = receiver.received;
    expect(request?.path).toBe('/bot1234567:secret-of-the-bot/sendMessage');
    expect(request?.json()).toMatchObject({
      chat_id: '-100',
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
    });
    expect(request?.json()['text']).toContain('<code>rearguard verify deps-3f9a1c20</code>');
  });

  it('escapes HTML, and makes mentions and links inert', async () => {
    const { text } = await sent<Payload>(settings(), hostileMessage());
    expect(text).toContain('@\u2060everyone &lt;b&gt;x&lt;/\u2060b&gt;');
    expect(text.replace(/<\/?(?:b|code)>/g, '')).not.toMatch(/[<>]/);
    expect(text.replace(/<code>.*?<\/code>/g, '')).not.toContain('https://e');
  });

  it('keeps within 4096 characters without an open tag', async () => {
    const { text } = await sent<Payload>(settings(), hugeMessage());
    expect(text.length).toBeLessThanOrEqual(4_096);
    expect(text.match(/<b>/g)?.length).toBe(text.match(/<\/b>/g)?.length);
  });

  it('takes an answer that says it is not ok for a refusal, without the token', async () => {
    const notifier = await openNotifier({ ...settings(), token: { $env: 'TOKEN' } }, withToken);
    receiver.next.push({
      status: 200,
      text: '{"ok":false,"description":"Bad Request: chat of 1234567:secret-of-the-bot not found"}',
    });
    expect(await notifier.send(testMessage(), NEVER)).toEqual({
      kind: 'rejected',
      error:
        'Telegram refused it: Bad Request: chat of [redacted] not found. ' +
        'Check `token`, and that `chat` is the id of a chat which the bot is a member of.',
    });
  });
});
