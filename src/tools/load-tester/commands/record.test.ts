import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import { compilePlan } from '../../../platform/load/session/compile-plan.ts';
import { createNetGuard } from '../../../platform/net-guard.ts';
import { createTrafficRecorder } from '../../../platform/recording/recorder.ts';
import type { CommandContext } from '../../context.ts';
import type { LiveView, ReportDraft } from '../../define.ts';
import type { LoadOptions } from '../options.ts';
import { makePlan } from '../scenario/make-plan.ts';
import { LIMITS, openTestSite, sendJson, type TestSite } from '../scenario/scenario-fixture.ts';
import { record } from './record.ts';

let site: TestSite;
beforeEach(async () => {
  site = await openTestSite(
    ({ url = '', method }, response) => {
      if (url === '/login') sendJson(response, { token: 'tok-0123456789' });
      else if (url === '/products') sendJson(response, { items: [{ id: 41 }, { id: 42 }] });
      else if (url === '/form') {
        response.setHeader('content-type', 'text/html');
        response.end('<input type="hidden" name="csrf" value="form-token-1">');
      } else sendJson(response, {}, method === 'POST' ? 201 : 200);
    },
    { LOAD_PASSWORD: 'hunter2-hunter2' },
  );
});
afterEach(() => site.close());

type Run = AsyncGenerator<LiveView, ReportDraft, void>;

function start(input: object, signal = new AbortController().signal): Run {
  const ctx = {
    ...site.context(),
    options: { target: undefined },
    clock: systemClock,
    recorder: createTrafficRecorder(createNetGuard({ allowHosts: [] }), systemClock),
    signal,
  } as unknown as CommandContext<LoadOptions>;
  return record.run(ctx, record.input.parse(input)) as Run;
}

async function end(run: Run): Promise<ReportDraft> {
  for (;;) {
    const step = await run.next();
    if (step.done === true) return step.value;
  }
}

describe('record', () => {
  it('writes what went through the proxy as a scenario that can be run', async () => {
    const stop = new AbortController();
    const run = start({ port: 0, save: 'browse.yaml' }, stop.signal);
    const first = await run.next();
    const { url } = (first.value as LiveView).changes[0]!.data as { url: string };
    const json = { 'content-type': 'application/json' };
    await fetch(`${url}/login`, {
      method: 'POST',
      headers: json,
      body: '{"email":"a@b.test","password":"hunter2-hunter2"}',
    });
    const headers = { authorization: 'Bearer tok-0123456789' };
    await fetch(`${url}/products`, { headers });
    await fetch(`${url}/products/42`, { headers });
    await fetch(`${url}/form`);
    await fetch(`${url}/orders`, {
      method: 'POST',
      headers: json,
      body: '{"productId":42,"csrf":"form-token-1"}',
    });
    await fetch(`${url}/app.css`);
    for (let told = 0; told < 6;) {
      const { value } = await run.next();
      told += (value as LiveView).changes.length;
    }
    stop.abort();
    const draft = await end(run);
    expect(draft.summary).toBe('1 scenario with 5 steps written to browse.yaml.');
    expect(record.data.parse(draft.data)).toMatchObject({ correlated: 3, references: ['LOAD_PASSWORD'] });
    expect(draft.next).toEqual(['rearguard load run --scenario browse.yaml --unsafe']);
    const text = await readFile(join(site.folder, 'browse.yaml'), 'utf8');
    expect(text).not.toMatch(/hunter2|tok-0|form-token/);
    const { plan } = await makePlan(site.context(), {
      unsafe: true,
      limits: LIMITS,
      scenario: 'browse.yaml',
    });
    expect(compilePlan(plan, () => ({ bytes: 0 }), { variables: plan.variables }).scenarios).toHaveLength(1);
    const steps = plan.scenarios[0]?.steps ?? [];
    expect(steps.map(({ name, path }) => [name, path])).toEqual([
      ['POST /login', '/login'],
      ['GET /products', '/products'],
      ['GET /products/{id}', '/products/{{item_id}}'],
      ['GET /form', '/form'],
      ['POST /orders', '/orders'],
    ]);
    expect(steps[4]?.body).toBe('{"productId":{{item_id|raw}},"csrf":"{{csrf}}"}');
    expect(steps[3]?.extract).toMatchObject([{ variable: 'csrf', from: 'regex' }]);
  });

  it('makes a file of an access log, with its feeders beside it, and never replaces one unasked', async () => {
    const line = (id: number): string =>
      `10.0.0.${id % 7} - - [10/Oct/2025:13:55:${String(id % 60).padStart(2, '0')} +0000] "GET /p/${id}?q=a,b HTTP/1.1" 200 5 "-" "x"`;
    await site.write('access.log', Array.from({ length: 120 }, (_, id) => line(id)).join('\n'));
    const draft = await end(start({ from: 'access.log', save: 'usage.yaml', replay: true }));
    expect(
      (draft.data as { files: string[] }).files.map((path) => path.slice(site.folder.length + 1)),
    ).toEqual(['usage/get-p-id.csv', 'usage/arrivals.csv', 'usage.yaml']);
    const { plan } = await makePlan(site.context(), {
      unsafe: false,
      limits: LIMITS,
      scenario: 'usage.yaml',
    });
    expect(plan.model).toMatchObject({ kind: 'replay', speed: 1 });
    expect(plan.feeders).toMatchObject([{ rows: 120, fields: ['path_1'] }]);
    await expect(end(start({ from: 'access.log', save: 'usage.yaml' }))).rejects.toMatchObject({
      code: 'E_USAGE',
    });
    const again = await end(start({ from: 'access.log', save: 'usage.yaml', force: true }));
    expect(again.status).toBe('pass');
    await expect(end(start({ from: 'usage.yaml', save: 'b.yaml' }))).rejects.toMatchObject({
      code: 'E_IMPORT',
    });
  });

  it('writes nothing when nothing was recorded', async () => {
    const draft = await end(start({ port: 0, duration: '50ms' }));
    expect(draft.status).toBe('unknown');
    expect(await site.context().files.exists(join(site.folder, 'load-scenario.yaml'))).toBe(false);
  });
});
