import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { installed, type RunningProgram, startProgram } from '../../test-support/debian-program.ts';
import { startMosquitto } from '../../test-support/debian-servers.ts';
import { type LocalServer, serveTcp } from '../../test-support/servers.ts';
import { runWire } from '../../test-support/wire.ts';

const running: RunningProgram[] = [];
const open: LocalServer[] = [];
afterEach(async () => {
  await Promise.all([
    ...running.splice(0).map((server) => server.stop()),
    ...open.splice(0).map((server) => server.close()),
  ]);
});
async function started(starting: Promise<RunningProgram>): Promise<RunningProgram> {
  const server = await starting;
  running.push(server);
  return server;
}

const PASSWORD_PROGRAM = 'mosquitto_passwd';

/** A password file as mosquitto's own program makes it. */
function passwordFile(username: string, password: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'rearguard-mqtt-'));
  try {
    execFileSync(PASSWORD_PROGRAM, ['-b', '-c', join(directory, 'passwords'), username, password], {
      stdio: 'ignore',
    });
    return readFileSync(join(directory, 'passwords'), 'utf8');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const hasMosquitto = installed('mosquitto') && installed(PASSWORD_PROGRAM);
describe.skipIf(!hasMosquitto)(`mosquitto${hasMosquitto ? '' : ' (not installed)'}`, () => {
  it('takes the session, answers the ping, and sees an orderly end', async () => {
    const server = await started(startMosquitto());
    expect(await runWire('mqtt', server.port)).toMatchObject({ success: true, cause: null, facts: {} });
    await expect
      .poll(() => server.log(), { timeout: 20_000 })
      .toMatch(/Client rearguard\w{12} disconnected\./);
  });

  it('that wants credentials is up without them, and tells right from wrong', async () => {
    const passwords = passwordFile('ada', 'lovelace');
    const { port } = await started(
      startProgram({
        program: 'mosquitto',
        prepare: async ({ port, directory }) => {
          await writeFile(join(directory, 'passwords'), passwords);
          const lines = [
            `listener ${port} 127.0.0.1`,
            'allow_anonymous false',
            `password_file ${directory}/passwords`,
          ];
          await writeFile(join(directory, 'mosquitto.conf'), lines.join('\n'));
        },
        args: ({ directory }) => ['-c', join(directory, 'mosquitto.conf')],
      }),
    );
    expect(await runWire('mqtt', port)).toMatchObject({ success: true, facts: { authenticated: false } });
    const known = { username: 'ada', password: 'lovelace' };
    expect(await runWire('mqtt', port, known)).toMatchObject({
      success: true,
      facts: { authenticated: true },
    });
    expect(await runWire('mqtt', port, { ...known, password: 'byron' })).toMatchObject({
      success: false,
      cause: 'auth-failed',
    });
  });

  it('frozen, it accepts and does not answer', async () => {
    const server = await started(startMosquitto());
    await server.freeze();
    expect(await runWire('mqtt', server.port, { timeoutMs: 500 })).toMatchObject({ cause: 'no-response' });
  });
});

describe('what a broker may answer CONNECT with', () => {
  async function answering(...bytes: readonly number[]): Promise<number> {
    const server = await serveTcp((socket) => socket.once('data', () => socket.write(Buffer.from(bytes))));
    open.push(server);
    return server.port;
  }
  const known = { username: 'ada', password: 'lovelace' };

  it.each([
    [1, 'protocol-error'],
    [2, 'protocol-error'],
    [3, 'not-ready'],
    [4, 'auth-failed'],
    [5, 'auth-failed'],
    [0x84, 'protocol-error'],
  ] as const)('return code %i is %s', async (code, cause) => {
    expect(await runWire('mqtt', await answering(0x20, 2, 0, code), known)).toMatchObject({
      success: false,
      cause,
    });
  });

  it('a length without end, or of nothing, is a protocol error', async () => {
    const endless = await answering(0x20, 0xff, 0xff, 0xff, 0xff, 0x7f);
    expect(await runWire('mqtt', endless)).toMatchObject({ cause: 'protocol-error' });
    expect(await runWire('mqtt', await answering(0x20, 0))).toMatchObject({ cause: 'protocol-error' });
  });
});
