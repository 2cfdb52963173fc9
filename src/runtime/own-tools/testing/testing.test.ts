import { describe, expect, it } from 'vitest';
import {
  fakeClock,
  openFindings,
  coversRule,
  reportErrors,
  runTool,
  startBackend,
  withTool,
} from '../../../testing.ts';
import fixture from '../../tool-fixture.ts';

const options = { paths: ['/ok', '/switch'] };
const RULE = 'shop-guard/not-ok';

describe('rearguard/testing', () => {
  it('runs a tool against a backend that changes, with a memory of its own', async () => {
    const backend = await startBackend({ '/ok': {}, '/switch': { status: 500, body: 'broken' } });
    try {
      await withTool(fixture, { targets: { shop: backend.url }, options }, async (runs) => {
        const first = await runs.run('probe');
        expect(openFindings(first, RULE)).toEqual(['/switch']);
        expect(reportErrors(first)).toEqual([]);
        backend.routes['/switch'] = {};
        const second = await runs.run('probe', { path: '/switch' });
        expect(openFindings(second)).toEqual([]);
        expect(coversRule(second, RULE, '/switch')).toBe(true);
        expect(coversRule(second, RULE, '/ok')).toBe(false);
        expect(second.findings.map(({ state }) => state)).toEqual(['resolved']);
      });
      expect(backend.requests.toSorted()).toEqual(['GET /ok', 'GET /switch', 'GET /switch']);
    } finally {
      await backend.close();
    }
  });

  it('reads secrets from what the test gives, and no other environment', async () => {
    const secret = { options: { key: { $env: 'PATH' } } };
    expect((await runTool(fixture, 'idle', secret)).error?.code).toBe('E_SECRET_MISSING');
    expect((await runTool(fixture, 'idle', { ...secret, env: { PATH: 'x' } })).error).toBeUndefined();
  });

  it('says what is no tool', async () => {
    const nameless = { ...fixture, name: 'No Name' };
    await expect(runTool(nameless, 'probe')).rejects.toMatchObject({ code: 'E_PLUGIN_INVALID' });
  });

  it('has time that passes when it is told to, in the order of what waits', async () => {
    const clock = fakeClock(1_000);
    const seen: string[] = [];
    const stopped = new AbortController();
    const loop = (async () => {
      for (let tick = 1; tick <= 3; tick += 1) {
        await clock.sleep(10);
        seen.push(`tick ${tick} at ${clock.wallMs()}`);
      }
    })();
    const cut = clock.sleep(1_000, stopped.signal);
    clock.after(15, () => seen.push('between'));
    clock.after(16, () => seen.push('never'))();
    await clock.advance(30);
    expect(seen).toEqual(['tick 1 at 1010', 'between', 'tick 2 at 1020', 'tick 3 at 1030']);
    expect(clock.monotonicMs()).toBe(30);
    stopped.abort(new Error('stop'));
    await expect(cut).rejects.toThrow('stop');
    await loop;
  });
});
