import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backend, configFor, startBackend } from './lib/backend.ts';
import { cli, type CliResult, inFolder } from './lib/cli.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend();
});
afterAll(() => backend.close());

const CONFIG = 'rearguard.config.json';
const NOTHING = { [CONFIG]: '{}' };

function watching(endpoints: readonly string[]): Record<string, string> {
  return { [CONFIG]: configFor(backend.url, endpoints) };
}

const TABLE: readonly [name: string, code: number, args: string[], files: () => Record<string, string>][] = [
  ['a check that finds nothing', 0, ['check'], () => watching(['/ok'])],
  ['a check that finds something', 1, ['check'], () => watching(['/broken'])],
  ['a check without a config', 2, ['check'], () => ({})],
  ['a check of nothing', 3, ['check'], () => NOTHING],
  ['status that finds nothing', 0, ['health', 'status'], () => watching(['/ok'])],
  ['status that finds something', 1, ['health', 'status'], () => watching(['/broken'])],
  ['status with a bad value', 2, ['health', 'status', '--samples', 'many'], () => watching(['/ok'])],
  ['status without an endpoint', 3, ['health', 'status'], () => NOTHING],
  ['a list of findings', 0, ['findings'], () => NOTHING],
  ['a finding that is not there', 2, ['findings', 'show', 'health-00000000'], () => NOTHING],
  ['the verification of nothing', 2, ['verify', 'health-00000000'], () => NOTHING],
  ['a mute without a reason', 2, ['findings', 'mute', 'health-00000000'], () => NOTHING],
  ['a deploy mark', 0, ['deploy', 'mark', '--release', 'v1'], () => NOTHING],
  ['the config', 0, ['config', 'print'], () => NOTHING],
  ['the config without a config', 2, ['config', 'print', '--config', 'gone.json'], () => ({})],
  ['the tools', 0, ['tools', 'list'], () => ({})],
  ['a schema', 0, ['schema', 'report'], () => ({})],
  ['a completion', 0, ['completion', 'fish'], () => ({})],
  ['the faults of the demo', 0, ['demo', '--list'], () => ({})],
  ['a fault that is not there', 2, ['demo', '--fault', 'nonsense', '--once'], () => ({})],
  ['a result that cannot be written', 3, ['schema', '--out', 'no/such/folder/file'], () => ({})],
];

describe('exit codes', () => {
  it.each(TABLE)('%s: %i', async (_, code, args, files) => {
    await inFolder(files(), async (cwd) => {
      const result = await cli(args, { cwd });
      expect(result).toMatchObject({ code });
      expect(result.stdout).not.toContain('\u001B');
      expect(code === 2 && result.stderr === '').toBe(false);
    });
  });

  it('130 after one Ctrl-C, with the summary of what was seen', async () => {
    await inFolder(watching(['/ok']), async (cwd) => {
      const result = await cli(['health', 'watch', '--json'], { cwd, onStdout: interruptOnce() });
      const lines = result.stdout.trimEnd().split('\n');
      const last = JSON.parse(lines.at(-1) ?? '') as { tool: string; command: string };
      expect(last).toMatchObject({ tool: 'api-health-monitor', command: 'watch' });
      for (const line of lines.slice(0, -1)) expect(JSON.parse(line)).toMatchObject({ type: 'change' });
      expect([0, 130]).toContain(result.code);
    });
  });
});

/** Sends SIGINT when the first line is there. */
function interruptOnce(): (text: string, kill: (signal: NodeJS.Signals) => void) => void {
  let done = false;
  return (text, kill) => {
    if (done || !text.includes('\n')) return;
    done = true;
    kill('SIGINT');
  };
}

describe('--fail-on', () => {
  it('moves the line between 0 and 1, and nothing else', async () => {
    await inFolder(watching(['/broken']), async (cwd) => {
      const results: CliResult[] = [];
      for (const severity of ['info', 'critical'])
        results.push(await cli(['check', '--json', '--fail-on', severity], { cwd }));
      const [strict, lenient] = results.map(
        (result) => (JSON.parse(result.stdout) as { findings: { rule: string }[] }).findings,
      );
      expect(strict?.map((finding) => finding.rule)).toEqual(lenient?.map((finding) => finding.rule));
      expect(results[0]?.code).toBe(1);
    });
  });
});
