import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { systemFiles } from '../../../platform/files.ts';
import { databaseCalls } from './database-calls.ts';
import { readOtlpJson } from './otlp-json.ts';
import { readSpans } from './read-spans.ts';

const folder = mkdtempSync(join(tmpdir(), 'rearguard-spans-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const EVERYTHING = {
  range: { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER },
  signal: new AbortController().signal,
};

interface Given {
  id: string;
  parent?: string;
  kind?: number | string;
  attributes?: Record<string, string | number>;
  status?: number;
  startMs?: number;
}

/** As a collector writes a request of one service. */
function request(...spans: Given[]): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
        scopeSpans: [
          {
            spans: spans.map(({ id, parent, kind = 3, attributes = {}, status, startMs = 1_000 }) => ({
              traceId: '0af7651916cd43dd8448eb211c80319c',
              spanId: id,
              ...(parent === undefined ? {} : { parentSpanId: parent }),
              name: `span ${id}`,
              kind,
              startTimeUnixNano: String(BigInt(startMs) * 1_000_000n),
              endTimeUnixNano: String(BigInt(startMs + 5) * 1_000_000n),
              attributes: Object.entries(attributes).map(([key, value]) => ({
                key,
                value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
              })),
              ...(status === undefined ? {} : { status: { code: status } }),
            })),
          },
        ],
      },
    ],
  });
}

const SERVER: Given = {
  id: 'a1',
  kind: 2,
  attributes: { 'http.request.method': 'GET', 'http.route': '/orders/{id}' },
};

describe('databaseCalls', () => {
  it('gives each statement the request it was made for, through spans in between', () => {
    const text = request(
      SERVER,
      {
        id: 'b1',
        parent: 'a1',
        kind: 1,
        attributes: { 'code.file.path': 'src/orders.ts', 'code.line.number': 12 },
      },
      { id: 'c1', parent: 'b1', attributes: { 'db.query.text': 'select 1', 'db.response.returned_rows': 3 } },
      { id: 'c2', parent: 'b1', attributes: { 'db.statement': 'select 2' }, status: 2 },
      { id: 'c3', parent: 'b1', attributes: { 'db.operation.name': 'pg.connect' } },
    );
    const calls = databaseCalls(readOtlpJson(text)?.spans ?? []);
    expect(calls).toEqual([
      {
        unit: '0af7651916cd43dd8448eb211c80319c a1',
        statement: 'select 1',
        identity: 'select 1',
        startMs: 1_000,
        endMs: 1_005,
        failed: false,
        rows: 3,
        origin: {
          endpoint: 'GET /orders/{id}',
          file: 'src/orders.ts:12',
          application: 'shop',
          traceId: '0af7651916cd43dd8448eb211c80319c',
          source: 'span',
        },
      },
      expect.objectContaining({ statement: 'select 2', failed: true, rows: null }) as object,
    ]);
  });

  it('tells the same question from the next one by its values, where they are told', () => {
    const identities = (...attributes: Record<string, string>[]): (string | null)[] =>
      databaseCalls(
        readOtlpJson(request(...attributes.map((each, index) => ({ id: `c${index}`, attributes: each }))))
          ?.spans ?? [],
      ).map(({ identity }) => identity);
    const text = 'select * from users where id = $1';
    const [unknown, first, second, again] = identities(
      { 'db.query.text': text },
      { 'db.query.text': text, 'db.query.parameter.0': '1' },
      { 'db.query.text': text, 'db.query.parameter.0': '2' },
      { 'db.query.text': text, 'db.query.parameter.0': '1' },
    );
    expect(unknown).toBeNull();
    expect(first).not.toBe(second);
    expect(first).toBe(again);
  });

  it('does without parents, with a ring of them, and with names of enums', () => {
    const text = request(
      { id: 'a', parent: 'b', kind: 'SPAN_KIND_CLIENT', attributes: { 'db.statement': 'select 1' } },
      { id: 'b', parent: 'a', kind: 'SPAN_KIND_INTERNAL' },
      { id: 'c', parent: 'gone', attributes: { 'db.statement': 'select 2' } },
    );
    const calls = databaseCalls(readOtlpJson(text)?.spans ?? []);
    expect(calls.map(({ statement, origin }) => [statement, origin.endpoint])).toEqual([
      ['select 1', null],
      ['select 2', null],
    ]);
  });
});

describe('readOtlpJson', () => {
  it('takes any text without failing, and counts spans that are not whole', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readOtlpJson(text)));
    const broken = JSON.stringify({
      resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: 'x' }, null, 'y'] }] }],
    });
    expect(readOtlpJson(broken)).toEqual({ spans: [], unreadable: 3 });
    expect(readOtlpJson('{"resourceSpans": 1}')).toBeNull();
  });

  it('takes __proto__ for a name', () => {
    const text = request({ id: 'a', attributes: { ['__proto__']: 'x', 'db.statement': 'select 1' } });
    expect(databaseCalls(readOtlpJson(text)?.spans ?? [])).toHaveLength(1);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('readSpans', () => {
  it('reads a request a line, and a file that is one document', async () => {
    writeFileSync(join(folder, 'lines.json'), `${request(SERVER)}\n\n${request({ id: 'b' }, { id: 'c' })}\n`);
    const pretty = JSON.stringify(JSON.parse(request({ id: 'd' })), null, 2);
    writeFileSync(join(folder, 'document.json'), pretty);
    const reading = await readSpans(systemFiles, [join(folder, '*.json')], EVERYTHING);
    expect(reading.known && reading.value.spans.map(({ spanId }) => spanId)).toEqual(['d', 'a1', 'b', 'c']);
    expect(reading.known && reading.value.notRead).toEqual([]);
  });

  it('keeps to the time that is asked for', async () => {
    writeFileSync(join(folder, 'times.ndjson'), request({ id: 'a', startMs: 10 }, { id: 'b', startMs: 20 }));
    const reading = await readSpans(systemFiles, [join(folder, 'times.ndjson')], {
      ...EVERYTHING,
      range: { fromMs: 15, toMs: 30 },
    });
    expect(reading.known && reading.value.spans.map(({ spanId }) => spanId)).toEqual(['b']);
  });

  it('never takes a file of something else for an empty one', async () => {
    writeFileSync(join(folder, 'other.txt'), 'hello\n');
    expect(await readSpans(systemFiles, [join(folder, 'other.txt')], EVERYTHING)).toMatchObject({
      known: false,
      reason: expect.stringContaining('no OTLP/JSON') as string,
    });
    expect(await readSpans(systemFiles, [join(folder, 'missing.json')], EVERYTHING)).toMatchObject({
      known: false,
    });
  });
});
