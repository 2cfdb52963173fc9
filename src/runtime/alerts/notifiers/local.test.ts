import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { desktopCommand } from './desktop.ts';
import { HOSTILE, hostileMessage, NEVER, openNotifier, testMessage } from './notifier-fixture.ts';

describe('console', () => {
  it('writes one harmless line a message', async () => {
    const lines: string[] = [];
    const deps = { writeLine: (line: string) => void lines.push(line) };
    const notifier = await openNotifier({ kind: 'console' }, { deps });
    expect(await notifier.send(testMessage(), NEVER)).toEqual({ kind: 'delivered' });
    expect(await notifier.send(hostileMessage(), NEVER)).toEqual({ kind: 'delivered' });
    expect(lines[0]).toBe(
      '2026-11-22T13:40:05.000Z Firing, high: payment accepts and never answers | ' +
        'dependency payment, since 2026-11-22 13:39:00 UTC | 2 more alerts are not listed here. | ' +
        'Affected: POST /orders, POST /refunds and 1 more.',
    );
    // oxlint-disable-next-line no-control-regex
    expect(lines[1]).not.toMatch(/[\x00-\x1f]/);
  });
});

describe('desktop', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rearguard-desktop-'));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  /** A `notify-send` of our own in front of the PATH. */
  async function install(script: string): Promise<void> {
    const program = join(folder, 'notify-send');
    await writeFile(program, `#!/bin/sh\n${script}\n`);
    await chmod(program, 0o755);
    vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH']}`);
  }

  it('hands the words over as arguments, whatever is in them', async () => {
    const record = join(folder, 'arguments');
    await install(`printf '%s\\n' "$@" > '${record}'`);
    const notifier = await openNotifier({ kind: 'desktop' });
    expect(await notifier.send(hostileMessage(), NEVER)).toEqual({ kind: 'delivered' });
    const [app, urgency, end, title, body] = (await readFile(record, 'utf8')).split('\n');
    expect([app, urgency, end]).toEqual(['--app-name=Rearguard', '--urgency=critical', '--']);
    expect(title).toContain('`rm -rf`');
    expect(body).toBe('dependency payment, since 2026-11-22 13:39:00 UTC');
  });

  it('tries again when it failed or is not installed', async () => {
    await install('echo no session bus >&2; exit 1');
    const notifier = await openNotifier({ kind: 'desktop' });
    expect(await notifier.send(testMessage(), NEVER)).toEqual({
      kind: 'retry',
      error: 'notify-send failed: no session bus',
    });
    vi.stubEnv('PATH', join(folder, 'empty'));
    expect(await notifier.send(testMessage(), NEVER)).toMatchObject({
      kind: 'retry',
      error: expect.stringContaining('Cannot run notify-send') as string,
    });
  });

  it.each(['darwin', 'win32'] as const)('puts no word into a script on %s', (platform) => {
    const { argv, env } = desktopCommand(hostileMessage(), platform);
    const holders = [...argv, ...Object.values(env ?? {})].filter((text) => text.includes('everyone'));
    expect(holders).toEqual([expect.stringMatching(/^Firing, high: <!channel> @everyone/)]);
    expect(HOSTILE).toContain('everyone');
    expect(platform === 'darwin' ? argv.at(-2) : env?.['REARGUARD_TITLE']).toBe(holders[0]);
  });
});
