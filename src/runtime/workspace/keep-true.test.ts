import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemFiles } from '../../platform/files.ts';
import { readProject } from '../../project/read-project.ts';
import { contextDocument } from '../../workspace/context/document.ts';
import { workspaceLayout } from '../../workspace/layout.ts';
import { readRegions } from '../../workspace/regions.ts';
import { NEVER, openTestShop, type TestShop } from '../runtime-fixture.ts';
import { checkWorkspace } from './check-workspace.ts';
import { catalogueOf } from './catalogue.ts';
import { contextFacts } from './gather.ts';
import { keepContextTrue } from './keep-true.ts';
import { refreshWorkspace } from './refresh-workspace.ts';

const APP =
  "const express = require('express');\nconst app = express();\napp.get('/ok', (request, response) => response.end());\napp.get('/switch', (request, response) => response.end());\n";
const PROBE = { tool: 'shop-guard', command: 'probe', input: {}, signal: NEVER };

let shop: TestShop;
let file: string;

beforeEach(async () => {
  shop = await openTestShop();
  file = workspaceLayout(shop.folder).context;
  await writeFile(
    join(shop.folder, 'package.json'),
    JSON.stringify({ name: 'shop', dependencies: { express: '^5.1.0' } }),
  );
  await writeFile(join(shop.folder, 'app.js'), APP);
});
afterEach(() => shop.close());

/** AI-CONTEXT.md as init writes it, with `change` made to it by hand. */
async function writeContext(change: (text: string) => string = (text) => text): Promise<string> {
  const runtime = await shop.open();
  const project = await readProject(shop.folder, systemFiles, NEVER);
  const text = change(
    contextDocument(await contextFacts(runtime, project, await catalogueOf(runtime.catalog, shop.folder))),
  );
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await runtime.close();
  return text;
}

async function runOnce(log: string[] = []): Promise<void> {
  const warn = (message: string): void => void log.push(message);
  const runtime = await shop.open({ log: { debug: () => undefined, info: () => undefined, warn } });
  await runtime.run(PROBE);
  await runtime.close();
}

async function bodyOf(name: string): Promise<string> {
  return readRegions(await readFile(file, 'utf8'), file).find((region) => region.name === name)?.body ?? '';
}

const outside = (text: string): string =>
  text.replaceAll(/(rearguard:begin [a-z]+ -->)[^]*?(<!-- rearguard:end)/g, '$1$2');

describe('AI-CONTEXT.md', () => {
  it('says after a run what the run found, and nothing new after the next one', async () => {
    const before = await writeContext((text) =>
      `\uFEFF${text}\n## Ours\nas we wrote it`.replaceAll('\n', '\r\n'),
    );
    shop.status = 500;
    await runOnce();
    expect(await bodyOf('findings')).toMatch(
      /^- \*\*high\*\* `shop-[0-9a-f]{8}` `\/switch`: not ok, since \d{4}/,
    );
    expect(await bodyOf('status')).toBe('- **Current Status**: 1 open finding (1 high)');
    const after = await readFile(file, 'utf8');
    expect(outside(after)).toBe(outside(before));
    const { mtimeMs } = await stat(file);
    await runOnce();
    expect((await stat(file)).mtimeMs).toBe(mtimeMs);
    shop.status = 200;
    await runOnce();
    expect(await bodyOf('status')).toBe('- **Current Status**: no open finding');
  });

  it('has the figures of what was measured', async () => {
    const tools = { 'api-health-monitor': { endpoints: ['/ok'], round: { samples: 4 } } };
    await shop.configure({ plugins: [], tools });
    await writeContext();
    const runtime = await shop.open();
    await runtime.run({ tool: 'health', command: 'status', input: {}, signal: NEVER });
    await runtime.close();
    expect(await bodyOf('endpoints')).toMatch(
      /\| Core functionality \| `GET \/ok` \| `app.js` \| [\d.]+ ms \| 0 % \| \d{4}-\d\d-\d\d \|\n\| Core functionality \| `GET \/switch` \| `app.js` \| – \| – \| – \|/,
    );
    expect(await bodyOf('targets')).toMatch(
      /\| Response time \| 95 % of calls within 200 ms \| [\d.]+ ms \| met \|/,
    );
  });

  it('is written in between by a process that goes on', async () => {
    await writeContext();
    const runtime = await shop.open();
    shop.status = 500;
    await runtime.run(PROBE);
    const keeper = keepContextTrue(runtime, 1);
    keeper.mark();
    await vi.waitFor(async () => expect(await bodyOf('findings')).toContain('`/switch`'), {
      timeout: 20_000,
    });
    await keeper.close();
  });

  it('with a broken marker is told of once by a process that goes on', async () => {
    await writeContext((text) => text.replace('<!-- rearguard:end tools -->\n', ''));
    const log: string[] = [];
    const warn = (message: string): void => void log.push(message);
    const runtime = await shop.open({ log: { debug: () => undefined, info: () => undefined, warn } });
    const keeper = keepContextTrue(runtime, 1);
    keeper.mark();
    await vi.waitFor(() => expect(log).toHaveLength(1), { timeout: 20_000 });
    keeper.mark();
    await keeper.close();
    await runtime.close();
    expect(log).toHaveLength(1);
  });

  it('with a broken marker is left as it is, and the run is as good as ever', async () => {
    const broken = await writeContext((text) => text.replace('<!-- rearguard:end tools -->\n', ''));
    const log: string[] = [];
    await runOnce(log);
    expect(log).toEqual([
      expect.stringMatching(/^AI-CONTEXT\.md was not refreshed: .*AI-CONTEXT\.md:\d+: .*nothing was written/),
    ]);
    expect(await readFile(file, 'utf8')).toBe(broken);
    const runtime = await shop.open();
    const { report, exitCode } = await refreshWorkspace(runtime, NEVER);
    expect([exitCode, report.error?.code]).toEqual([2, 'E_WORKSPACE_MARKERS']);
    const checked = await checkWorkspace(runtime, { ownCommands: [], maxAgeMs: 1, signal: NEVER });
    expect(checked.exitCode).toBe(2);
    expect(await readFile(file, 'utf8')).toBe(broken);
  });

  it('is not made by a run, and not touched where the config says so', async () => {
    await runOnce();
    expect(existsSync(workspaceLayout(shop.folder).folder)).toBe(false);
    const text = await writeContext();
    await shop.configure({ workspace: { refresh: false } });
    shop.status = 500;
    await runOnce();
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('keeps a region out that the team took out', async () => {
    const text = await writeContext((whole) =>
      whole.replace(/<!-- rearguard:begin sessions[^]*end sessions -->\n/, ''),
    );
    const runtime = await shop.open();
    const { report } = await refreshWorkspace(runtime, NEVER);
    expect(report.data).toMatchObject({ changed: [], absent: ['sessions'] });
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});

describe('workspace check', () => {
  const KNOWN = {
    ownCommands: 'check findings knowledge overview run serve session skills tool tools verify workspace'
      .split(' ')
      .map((word) => [word]),
    maxAgeMs: 30 * 86_400_000,
    signal: NEVER,
  };
  async function mismatches(): Promise<{ kind: string; message: string }[]> {
    const runtime = await shop.open();
    const { report } = await checkWorkspace(runtime, KNOWN);
    await runtime.close();
    return (report.data as { mismatches: { kind: string; message: string }[] }).mismatches.filter(
      // There are no launchers in this folder.
      ({ message }) => !message.startsWith('there is no launcher'),
    );
  }

  it('passes what init writes, and tells what the project no longer has', async () => {
    await writeContext();
    expect(await mismatches()).toEqual([]);
    await writeFile(join(shop.folder, 'app.js'), APP.replace("'/switch'", "'/other'"));
    await writeFile(
      join(shop.folder, 'package.json'),
      JSON.stringify({ name: 'shop', dependencies: { express: '^6.0.0' } }),
    );
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace('# Backend', '[gone](docs/gone.md)\n# Backend'),
    );
    expect(await mismatches()).toMatchObject([
      { kind: 'link', line: 1, message: 'the link to docs/gone.md leads nowhere' },
      { kind: 'project', message: 'the set-up is no longer as the project has it' },
      { kind: 'endpoint', message: 'the project has no endpoint GET /switch' },
    ]);
    const runtime = await shop.open();
    await refreshWorkspace(runtime, NEVER);
    expect(await mismatches()).toMatchObject([{ kind: 'link' }]);
  });

  it('knows operations of the OpenAPI document, too', async () => {
    const paths = { '/orders/{id}': { get: { responses: {} } } };
    await writeFile(join(shop.folder, 'openapi.json'), JSON.stringify({ openapi: '3.1.0', info: {}, paths }));
    await writeContext((text) => `${text}\n\`GET /orders/7\` and \`PUT /orders/7\`\n`);
    expect(await mismatches()).toMatchObject([{ message: 'the project has no endpoint PUT /orders/7' }]);
  });
});
