import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../clock.ts';
import { type LocalServer, serveTcp } from '../../test-support/servers.ts';
import { type Deadline, startDeadline } from '../deadline.ts';
import { type PhaseRecorder, recordPhases } from '../phases.ts';
import { type Conversation, converse } from './conversation.ts';

const open: LocalServer[] = [];
const conversations: { wire: Conversation; deadline: Deadline }[] = [];
afterEach(async () => {
  for (const { wire, deadline } of conversations.splice(0)) {
    deadline.stop();
    wire.end();
  }
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function talk(
  onConnection: (socket: Socket) => void,
  timeoutMs = 20_000,
): Promise<{ wire: Conversation; phases: PhaseRecorder }> {
  const server = await serveTcp(onConnection);
  open.push(server);
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  const phases = recordPhases(systemClock);
  const deadline = startDeadline(systemClock, systemClock.monotonicMs() + timeoutMs);
  const wire = converse(socket, phases, deadline.signal);
  conversations.push({ wire, deadline });
  return { wire, phases };
}

const text = (bytes: Buffer): string => bytes.toString();

describe('a conversation', () => {
  it('reads in order, however the bytes are cut', async () => {
    const { wire } = await talk((socket) => {
      const letters = 'one\r\ntwo\r\nrest'.split('');
      const next = (): void => {
        const letter = letters.shift();
        if (letter !== undefined) socket.write(letter, () => setImmediate(next));
      };
      next();
    });
    expect(text(await wire.readUntil('\r\n'))).toBe('one');
    expect(text(await wire.read(2))).toBe('tw');
    expect(text(await wire.readUntil('\r\n'))).toBe('o');
    expect(text(await wire.read(4))).toBe('rest');
    expect(wire.bytesReceived).toBe(14);
  });

  it('a request, its first byte and the rest are phases of their own', async () => {
    const { wire, phases } = await talk((socket) => socket.once('data', () => socket.write('ab')));
    wire.send('question');
    expect(phases.current).toBe('request');
    const answer = wire.read(2);
    await Promise.resolve();
    expect(phases.current).toBe('ttfb');
    await answer;
    expect(phases.current).toBe('transfer');
    wire.send('another');
    expect(phases.current).toBe('transfer');
    phases.finish();
    const measured = phases.result().phases;
    expect([measured.request, measured.ttfb, measured.transfer]).not.toContain(null);
  });

  it('a greeting that nobody waited for yet is timed too', async () => {
    const { wire, phases } = await talk((socket) => socket.write('hello'));
    while (wire.unread().length < 5) await new Promise((resolve) => setImmediate(resolve));
    expect(phases.current).toBe('transfer');
    expect(text(await wire.readSome())).toBe('hello');
    expect(phases.result().phases.ttfb).not.toBeNull();
  });

  it('what came before the end can still be read, and then the end is told', async () => {
    const { wire } = await talk((socket) => socket.end('bye'));
    expect(text(await wire.read(3))).toBe('bye');
    await expect(wire.read(1)).rejects.toMatchObject({ probeCause: 'reset' });
    await expect(wire.readUntil('\n')).rejects.toThrow('in the middle of the conversation');
  });

  it('holds no more than it must: who sends without end is cut off', async () => {
    let gone: Promise<unknown> | undefined;
    const { wire } = await talk((socket) => {
      gone = new Promise((resolve) => socket.once('close', resolve));
      const chunk = Buffer.alloc(65_536);
      const feed = (): void => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on('drain', feed);
      feed();
    });
    await gone;
    expect(wire.unread().length).toBeLessThan(2_000_000);
    await expect(wire.readUntil('\n')).rejects.toMatchObject({ probeCause: 'protocol-error' });
  });

  it.each([-1, 1.5e9, Number.NaN, Number.POSITIVE_INFINITY])('does not wait for %d bytes', async (length) => {
    const { wire } = await talk((socket) => socket.write('x'));
    await expect(wire.read(length)).rejects.toMatchObject({ probeCause: 'protocol-error' });
  });

  it('the deadline ends what waits, and the socket with it', async () => {
    let gone: Promise<unknown> | undefined;
    const { wire, phases } = await talk((socket) => {
      gone = once(socket.resume(), 'close');
    }, 50);
    await expect(wire.readSome()).rejects.toThrow('deadline exceeded');
    expect(phases.current).toBe('ttfb');
    await gone;
  });

  it('the last word leaves before the end', async () => {
    const heard: string[] = [];
    let gone: Promise<unknown> | undefined;
    const { wire } = await talk((socket) => {
      socket.on('data', (bytes) => heard.push(bytes.toString()));
      gone = once(socket, 'close');
    });
    wire.send('QUIT\r\n');
    wire.end();
    await gone;
    expect(heard.join('')).toBe('QUIT\r\n');
  });

  it('bytes in plain text are no part of what comes after the handshake', async () => {
    const { wire } = await talk((socket) => socket.write('Sinjected'));
    await wire.read(1);
    await expect(wire.replaceSocket((socket) => Promise.resolve(socket))).rejects.toMatchObject({
      probeCause: 'protocol-error',
    });
  });
});
