import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  FLOWS,
  type LoginFault,
  PASSWORD,
  startTestBackend,
  type TestBackend,
} from '../examples/auth-flow-tracer/test-backend.ts';
import type { Report } from '../src/core/report.ts';
import { cli } from './lib/cli.ts';
import { createRuntime, type Runtime } from '../src/runtime/runtime.ts';

const TOOL = fileURLToPath(new URL('../examples/auth-flow-tracer/index.ts', import.meta.url));
const NEVER = new AbortController().signal;

let backend: TestBackend;
let folder: string;
let runtime: Runtime;

beforeAll(async () => {
  backend = await startTestBackend();
  folder = await mkdtemp(join(tmpdir(), 'rearguard-auth-'));
  const flows = JSON.parse(
    JSON.stringify(FLOWS).replaceAll(JSON.stringify(PASSWORD), '{"$env":"TRACER_PASSWORD"}'),
  ) as typeof FLOWS;
  const limits = { runs: 3, maxStepMs: 2_000 };
  await writeFile(
    join(folder, 'rearguard.config.json'),
    JSON.stringify({
      targets: { shop: { baseUrl: backend.url } },
      plugins: [TOOL],
      tools: {
        'auth-flow-tracer': {
          flows: { form: { ...limits, ...flows.form }, oauth: { ...limits, ...flows.oauth } },
        },
      },
    }),
  );
  runtime = await createRuntime({
    cwd: folder,
    env: { TRACER_PASSWORD: PASSWORD },
    workerThreads: false,
  });
});
afterEach(() => backend.faults.clear());
afterAll(async () => {
  await runtime.close();
  await backend.close();
  await rm(folder, { recursive: true, force: true });
});

async function trace(flow: string): Promise<Report> {
  const request = { tool: 'auth-flow-tracer', command: 'trace', input: { flow }, signal: NEVER };
  return (await runtime.run(request)).report;
}

function namesOf({ findings }: Report): string[] {
  return findings
    .filter(({ state }) => state !== 'resolved')
    .map(({ rule, subject }) => `${rule.split('/')[1]} ${subject.name}`);
}

describe('auth-flow-tracer', () => {
  it.each(['form', 'oauth'])('is silent about a sound %s login, and shows what changed', async (flow) => {
    const report = await trace(flow);
    expect(report).toMatchObject({ status: 'pass', diagnostics: [] });
    expect(namesOf(report)).toEqual([]);
    expect(JSON.stringify(report.sections)).toContain(
      flow === 'form' ? 'cookie sid A becomes B (HttpOnly; SameSite=Lax)' : 'refresh token B becomes D',
    );
  });

  it.each<[LoginFault, string, string[]]>([
    ['keeps-session', 'form', ['session-not-rotated form: log in']],
    ['no-flags', 'form', ['session-cookie-flags form: log in']],
    ['logout-forgets-nothing', 'form', ['replay-accepted form: old session']],
    ['token-in-url', 'form', ['credential-in-url form: log in']],
    ['slow-login', 'form', ['slow-step form: log in']],
    ['broken-login', 'form', ['step-failed form: log in']],
    ['refresh-reusable', 'oauth', ['replay-accepted oauth: old refresh token']],
    ['state-lost', 'oauth', ['step-failed oauth: authorize']],
    ['long-token', 'oauth', ['token-lifetime oauth: authorize', 'token-lifetime oauth: refresh']],
  ])('finds %s, and only that; verify says when it is gone', async (fault, flow, expected) => {
    backend.faults.add(fault);
    const found = await trace(flow);
    expect(namesOf(found)).toEqual(expected);
    backend.faults.clear();
    const after = await trace(flow);
    expect(namesOf(after)).toEqual([]);
    expect(after.findings.map(({ state }) => state)).toContain('resolved');
  });

  it('names the condition, and ends at the step that failed', async () => {
    backend.faults.add('broken-login');
    const report = await trace('form');
    expect(report.findings[0]?.evidence).toContainEqual({ label: 'condition', value: 'server-error' });
    expect(report.coverage.notChecked.map(({ subject }) => subject?.name)).toEqual([
      'form: own page',
      'form: log out',
      'form: old session',
    ]);
  });

  it('shows and stores no credential', async () => {
    const report = await trace('oauth');
    const everything = JSON.stringify(report) + JSON.stringify(runtime.openStore().runs.get(report.runId));
    expect(everything).not.toContain(PASSWORD);
    expect(everything).not.toMatch(/[0-9a-f]{32}(?=[^0-9a-f])(?!.*fingerprint)/);
  });

  it('passes what every tool in a workspace must keep, and its own tests', async () => {
    const place = join(folder, 'ai-agents', 'backend', 'tools', 'auth-flow-tracer');
    await cp(fileURLToPath(new URL('../examples/auth-flow-tracer', import.meta.url)), place, {
      recursive: true,
    });
    await writeFile(join(folder, 'own.config.json'), '{}');
    const { code, stdout } = await cli(['tool', 'test', '--config', 'own.config.json'], { cwd: folder });
    expect(stdout).toContain(' 0 failed');
    expect(code).toBe(0);
  });

  it('knows how the steps went before', async () => {
    await trace('form');
    const request = { tool: 'auth', command: 'analyze', input: { flow: 'form' }, signal: NEVER };
    const { report } = await runtime.run(request);
    expect(report.status).toBe('pass');
    expect(report.summary).toMatch(/^4 steps over 2 days, \d+ failures\.$/);
  });
});
