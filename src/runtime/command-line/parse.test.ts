import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestShop, type TestShop } from '../runtime-fixture.ts';
import type { Catalog } from '../catalog.ts';
import { parseCommandLine } from './parse.ts';
import { splitWords } from './words.ts';

let shop: TestShop;
let catalog: Catalog;

beforeAll(async () => {
  shop = await openTestShop();
  ({ catalog } = await shop.open());
});
afterAll(() => shop.close());

describe('parseCommandLine', () => {
  it.each([
    ['error-analyzer analyze --since=24h', 'error-analyzer', 'analyze', { since: '24h' }],
    [
      'rearguard errors analyze a.log "b c.log" --since 24h',
      'error-analyzer',
      'analyze',
      { files: ['a.log', 'b c.log'], since: '24h' },
    ],
    [
      'api-health-monitor watch --endpoints=/api/users,/api/auth',
      'api-health-monitor',
      'watch',
      { endpoints: ['/api/users', '/api/auth'] },
    ],
    [
      'load-tester run --concurrent=50 --duration=300s',
      'load-tester',
      'run',
      { concurrent: 50, duration: '300s' },
    ],
    [
      'database-performance-tracker analyze --deep',
      'database-performance-tracker',
      'analyze',
      { deep: true },
    ],
    ["shop-guard probe --path '/ok'", 'shop-guard', 'probe', { path: '/ok' }],
  ])('%s', async (line, tool, command, input) => {
    expect(await parseCommandLine(line, catalog)).toEqual({ tool, command, input });
  });

  it.each([
    ['security-scanner scan', 'E_TOOL_NOT_BUILT', ''],
    ['api-helth-monitor status', 'E_USAGE', 'api-health-monitor'],
    ['api-health-monitor statsu', 'E_USAGE', 'Did you mean status?'],
    ['api-health-monitor', 'E_USAGE', 'Choose from'],
    ['error-analyzer analyze --sincee=1h', 'E_USAGE', 'Did you mean --since?'],
    ['error-analyzer analyze --since', 'E_USAGE', 'help'],
    ['api-health-monitor status --json', 'E_USAGE', ''],
    ['api-health-monitor status "open', 'E_USAGE', ''],
    ['load-tester run --concurrent=many', 'E_USAGE', 'whole number'],
  ])('%s is refused', async (line, code, words) => {
    const error = (await parseCommandLine(line, catalog).catch((thrown: unknown) => thrown)) as {
      code: string;
      message: string;
      hint?: string;
    };
    expect(error.code).toBe(code);
    expect(`${error.message} ${error.hint ?? ''}`).toContain(words);
  });
});

describe('splitWords', () => {
  it.each([
    ['a  b', ['a', 'b']],
    [`a "b c" 'd "e"' f\\ g`, ['a', 'b c', 'd "e"', 'f g']],
    ['a ""', ['a', '']],
    ['"a\\"b"x', ['a"bx']],
    ['', []],
  ])('%s', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });
});
