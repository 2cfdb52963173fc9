import { describe, expect, it } from 'vitest';
import { cli, inFolder } from './lib/cli.ts';

const MISTAKES: readonly [string[], RegExp][] = [
  [['chek'], /Unknown command or tool "chek"\. Did you mean check\?/],
  [['chek', '--help'], /Unknown command or tool "chek"/],
  [['check', '--fail-onn', 'high'], /Unknown option --fail-onn for check\. Did you mean --fail-on\?/],
  [['--jsn'], /Unknown option --jsn for rearguard\. Did you mean --json\?/],
  [['check', '--output', 'jsn'], /--output does not take "jsn"\. Did you mean json\?/],
  [['check', '--fail-on', 'hihg'], /--fail-on does not take "hihg"\. Did you mean high\?/],
  [['check', '--fail-on'], /--fail-on <severity> needs a value|--fail-on needs a value/],
  [['doctor', '--timeout', '30'], /--timeout does not take "30"\. Write a duration with its unit/],
  [['findings', 'lst'], /findings has no command "lst"\. Did you mean list\?/],
  [['findings', 'show'], /findings show needs <finding>/],
  [['health'], /rearguard: api-health-monitor needs a command\. Choose from /],
  [['health', 'statsu'], /rearguard: api-health-monitor has no command "statsu"\. Did you mean status\?/],
  [['health', 'analyse', '--since', '1h'], /api-health-monitor has no command "analyse"\. Choose from/],
  [['check', 'health'], /check does not take "health"\. Did you mean --tool health\?/],
  [['health', 'status', '--endpoint'], /Unknown option --endpoint .*Did you mean --endpoints\?|--endpoint/],
  [['completion', 'bsh'], /<shell> does not take "bsh"\. Did you mean bash\?/],
  [['schema', 'reprot'], /No schema is called "reprot"\. Did you mean report\?/],
  [['demo', '--fault', 'hagn', '--once'], /hagn.*Did you mean `?hang`?\?/],
  [['doctor', 'now'], /doctor does not take "now"/],
];

describe('a mistake in the call', () => {
  it.each(MISTAKES)('%j is one clear line, and exit 2', async (args, expected) => {
    await inFolder({}, async (cwd) => {
      const { code, stdout, stderr } = await cli(args, { cwd });
      expect(stderr).toMatch(expected);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(stdout).toBe('');
      expect(code).toBe(2);
    });
  });

  it('is told to a program as an envelope on stdout', async () => {
    await inFolder({}, async (cwd) => {
      const { code, stdout } = await cli(['check', '--fail-onn', 'x', '--json'], { cwd });
      const report = JSON.parse(stdout) as { status: string; error: { code: string; hint: string } };
      expect(report).toMatchObject({
        status: 'unknown',
        error: { code: 'E_USAGE', hint: 'Did you mean --fail-on?' },
      });
      expect(code).toBe(2);
    });
  });
});

describe('help', () => {
  const CALLS = [
    ['--help'],
    ['-h'],
    ['check', '--help'],
    ['help', 'findings', 'mute'],
    ['health', '--help'],
    ['health', 'status', '--help'],
    ['api-health-monitor', 'watch', '--help'],
  ];
  it.each(CALLS.map((args) => [args]))('%j is on stdout and exits 0', async (args) => {
    await inFolder({}, async (cwd) => {
      const { code, stdout, stderr } = await cli(args, { cwd });
      expect(stdout).toMatch(/^Usage: rearguard/);
      expect(stderr).toBe('');
      expect(code).toBe(0);
    });
  });

  it('shows examples, defaults and the options of every command', async () => {
    await inFolder({}, async (cwd) => {
      const { stdout } = await cli(['check', '--help'], { cwd });
      expect(stdout).toContain('Examples:');
      expect(stdout).toContain('--fail-on <severity>');
      expect(stdout).toContain('default: high');
    });
  });
});

describe('rearguard alone', () => {
  it('says what to do first where there is no config', async () => {
    await inFolder({}, async (cwd) => {
      const { code, stderr } = await cli([], { cwd });
      expect(stderr).toContain('rearguard init');
      expect(stderr).toContain('rearguard demo');
      expect(code).toBe(2);
    });
  });

  it('shows the help where there is one', async () => {
    await inFolder({ 'rearguard.config.json': '{}' }, async (cwd) => {
      const { code, stdout } = await cli([], { cwd });
      expect(stdout).toMatch(/^Usage: rearguard/);
      expect(code).toBe(0);
    });
  });
});

describe('a Node that is too old', () => {
  it('is told so in one line', async () => {
    await inFolder(
      { 'old.cjs': "Object.defineProperty(process, 'versions', { value: { node: '18.20.4' } });" },
      async (cwd) => {
        const { code, stdout, stderr } = await cli(['--help'], {
          cwd,
          nodeOptions: ['--require', `${cwd}/old.cjs`],
        });
        expect(stderr).toBe('rearguard: needs Node.js 20.19 or newer; this is 18.20.4.\n');
        expect(stdout).toBe('');
        expect(code).toBe(2);
      },
    );
  });
});
