import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backend, configFor, startBackend } from './lib/backend.ts';
import { cli, type CliOptions, type CliResult, inFolder } from './lib/cli.ts';

let backend: Backend;
let hung: Promise<void>;
beforeAll(async () => {
  let arrived: () => void;
  hung = new Promise((resolve) => (arrived = resolve));
  backend = await startBackend((request) => {
    if (request.url !== '/hang') return false;
    arrived();
    return true;
  });
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
  ['a check without anything to check', 3, ['check'], () => NOTHING],
  ['a check without an endpoint', 3, ['check'], () => watching([])],
  ['status that finds nothing', 0, ['health', 'status'], () => watching(['/ok'])],
  ['status that finds something', 1, ['health', 'status'], () => watching(['/broken'])],
  ['status with a bad value', 2, ['health', 'status', '--samples', 'many'], () => watching(['/ok'])],
  ['status without an endpoint', 3, ['health', 'status'], () => watching([])],
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
  ['status out of time', 3, ['health', 'status', '--timeout', '1ms'], () => watching(['/ok'])],
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

  it('0 after one Ctrl-C in a watch, with the summary of what was seen as the last line', async () => {
    await inFolder(watching(['/ok']), async (cwd) => {
      const argv = ['health', 'watch', '--output', 'ndjson'];
      const { code, stdout } = await cli(argv, { cwd, onStdout: interruptAt('\n') });
      const lines = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { type?: string; command?: string });
      expect(lines.at(-1)).toMatchObject({ tool: 'api-health-monitor', command: 'watch' });
      expect(lines.slice(0, -1).every((line) => line.type === 'change')).toBe(true);
      expect(code).toBe(0);
    });
  });

  it('130 after a Ctrl-C in a check, which then concludes nothing', async () => {
    await inFolder(watching(['/hang']), async (cwd) => {
      const run = cli(['check', '--json'], { cwd, onStart: (kill) => void hung.then(() => kill('SIGINT')) });
      const { code, stdout } = await run;
      expect(JSON.parse(stdout)).toMatchObject({ status: 'unknown', error: { code: 'E_INTERRUPTED' } });
      expect(code).toBe(130);
    });
  });
});

/** Sends SIGINT when this is on stdout. */
function interruptAt(text: string): NonNullable<CliOptions['onStdout']> {
  let done = false;
  return (stdout, kill) => {
    if (done || !stdout.includes(text)) return;
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
