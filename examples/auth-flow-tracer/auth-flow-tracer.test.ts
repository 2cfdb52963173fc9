import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { openFindings, reportErrors, type ToolSetting, withTool } from 'rearguard/testing';
import tool from './index.ts';
import { FLOWS, PASSWORD, startTestBackend, type TestBackend } from './test-backend.ts';

let backend: TestBackend;
let setting: ToolSetting;

before(async () => {
  backend = await startTestBackend();
  setting = {
    targets: { shop: { baseUrl: backend.url } },
    // Passwords stand in the environment, in tests as in real configs.
    options: { flows: JSON.parse(JSON.stringify(FLOWS).replaceAll(`"${PASSWORD}"`, '{"$env":"PASSWORD"}')) },
    env: { PASSWORD },
  };
});
afterEach(() => backend.faults.clear());
after(() => backend.close());

void test('a sound login gives no finding, and no credential comes out', async () => {
  await withTool(tool, setting, async (runs) => {
    const report = await runs.run('trace');
    assert.deepEqual(reportErrors(report), []);
    assert.deepEqual(openFindings(report), []);
    assert.equal(JSON.stringify(report).includes(PASSWORD), false);
  });
});

void test('a session that stays the same at login is found, and resolved once it is not', async () => {
  await withTool(tool, setting, async (runs) => {
    backend.faults.add('keeps-session');
    const found = await runs.run('trace', { flow: 'form', runs: 1 });
    assert.deepEqual(openFindings(found, 'auth-flow-tracer/session-not-rotated'), ['form: log in']);
    backend.faults.clear();
    const mended = await runs.run('trace', { flow: 'form', runs: 1 });
    assert.deepEqual(openFindings(mended), []);
  });
});

void test('what refused a step has a name', async () => {
  await withTool(tool, setting, async (runs) => {
    backend.faults.add('state-lost');
    const report = await runs.run('trace', { flow: 'oauth', runs: 1 });
    const [finding] = report.findings;
    assert.deepEqual(finding?.evidence[0], { label: 'condition', value: 'state-mismatch' });
  });
});
