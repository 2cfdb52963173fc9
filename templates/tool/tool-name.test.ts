import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coversRule, openFindings, startBackend, withTool } from 'rearguard/testing';
import { assess, historyOf } from './analyze.ts';
import tool from './index.ts';
import { insightsOf } from './insights.ts';
import { RULES } from './rules.ts';

/** Pure code takes any case, without waiting for one. */
function measured(latenciesMs: number[]) {
  return {
    name: 'shop /',
    target: 'shop',
    path: '/',
    url: 'http://shop/',
    latenciesMs,
    failures: ['no answer'],
  };
}

test('a p95 above the objective is reported, one at it is not', () => {
  assert.equal(assess([measured([501])], { maxP95Ms: 500 }).findings.length, 1);
  assert.equal(assess([measured([500])], { maxP95Ms: 500 }).findings.length, 0);
});

test('what nobody answered is unknown, and no verdict', () => {
  const { findings, coverage } = assess([measured([])], { maxP95Ms: 500 });
  assert.deepEqual(findings, []);
  assert.deepEqual(coverage.checked, []);
  assert.match(coverage.notChecked[0]?.reason ?? '', /no answer/);
});

test('insights: a path that got slower is worth a look, one that did not is not', () => {
  const steady = historyOf(
    'shop /steady',
    Array.from({ length: 20 }, () => 100),
  );
  const slower = historyOf(
    'shop /slower',
    Array.from({ length: 20 }, (_, index) => (index < 10 ? 100 : 150)),
  );
  const insights = insightsOf([steady, slower], { maxP95Ms: 500 });
  assert.deepEqual(
    insights.map(({ action }) => action),
    ['Look what changed at shop /slower'],
  );
});

test('a slow path of a real backend is found, and gone once it is fast', async () => {
  const backend = await startBackend({ '/slow': { delayMs: 60 }, '/fast': {} });
  try {
    await withTool(
      tool,
      { targets: { shop: backend.url }, options: { paths: ['/slow', '/fast'], maxP95Ms: 50 } },
      async (runs) => {
        const before = await runs.run('monitor');
        assert.ok(openFindings(before, RULES.slow.id).includes('shop /slow'));
        assert.ok(coversRule(before, RULES.slow.id, 'shop /fast'));

        backend.routes['/slow'] = {};
        const after = await runs.run('monitor', { path: '/slow' });
        assert.ok(coversRule(after, RULES.slow.id, 'shop /slow'));

        const history = await runs.run('analyze');
        assert.match(history.summary, /^2 paths/);
      },
    );
  } finally {
    await backend.close();
  }
});
