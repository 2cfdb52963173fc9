import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { systemProcesses } from './processes.ts';

const LONG_MS = 50_000;
const SECRET = 'hunter2-secret';

/** Runs a script of our own in another Node. */
function node(
  script: string,
  options: Partial<Parameters<typeof systemProcesses.run>[1]> = {},
): ReturnType<typeof systemProcesses.run> {
  return systemProcesses.run([process.execPath, '-e', script], { timeoutMs: LONG_MS, ...options });
}

/** A program that prints the pid of a child of its own; neither would end in the time of a test. */
const WITH_CHILD = `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"], { stdio: 'inherit' });
  console.log(child.pid);`;

/** Waits until the process is gone, but for the entry its parent has not collected yet. */
async function expectGone(pid: number): Promise<void> {
  expect(pid).toBeGreaterThan(1);
  await expect.poll(() => isAlive(pid), { timeout: LONG_MS }).toBe(false);
}

function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return false;
  }
}

describe('run', () => {
  it('returns exit code and output, with arguments as they are', async () => {
    const script = 'console.log(process.argv[1], process.env.EXTRA); console.error("err"); process.exit(7)';
    const result = await systemProcesses.run([process.execPath, '-e', script, '$HOME; `x` *'], {
      timeoutMs: LONG_MS,
      env: { EXTRA: 'ü' },
    });
    expect(result).toEqual({
      exitCode: 7,
      stdout: '$HOME; `x` * ü\n',
      stderr: 'err\n',
      timedOut: false,
      truncated: false,
    });
  });

  it('keeps no more output than asked for, and no half character', async () => {
    const result = await node('process.stdout.write("ü".repeat(200_000))', { maxOutputBytes: 1_001 });
    expect(result).toMatchObject({ exitCode: 0, truncated: true, stdout: 'ü'.repeat(500) });
  });

  it('runs in the folder it is told', async () => {
    expect((await node('console.log(process.cwd())', { cwd: '/' })).stdout).toBe('/\n');
  });

  it.runIf(process.platform === 'linux')(
    'ends a program at the deadline together with what it started, also what ignores SIGTERM',
    async () => {
      const result = await node(`${WITH_CHILD} setInterval(() => {}, 1000)`, { timeoutMs: 4_000 });
      expect(result).toMatchObject({ timedOut: true, exitCode: null });
      await expectGone(Number(result.stdout));
    },
  );

  it.runIf(process.platform === 'linux')('does not wait for what a program leaves behind', async () => {
    const result = await node(`${WITH_CHILD} child.unref()`);
    expect(result).toMatchObject({ exitCode: 0, timedOut: false });
    await expectGone(Number(result.stdout));
  });

  it('ends a program when the signal is aborted, and rejects with its reason', async () => {
    const controller = new AbortController();
    const running = node('setInterval(() => {}, 1000)', { signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    await expect(node('', { signal: controller.signal })).rejects.toBe(reason);
  });

  it('that cannot start names the program and nothing secret', async () => {
    const running = systemProcesses.run(['/no/such/program', `--password=${SECRET}`], {
      timeoutMs: LONG_MS,
      env: { TOKEN: SECRET },
    });
    const thrown: unknown = await running.catch((error: unknown) => error);
    expect(thrown).toMatchObject({
      code: 'E_PROGRAM_NOT_RUN',
      message: expect.stringContaining('/no/such/program'),
    });
    expect(inspect(thrown, { depth: 9, showHidden: true })).not.toContain(SECRET);
  });
});
