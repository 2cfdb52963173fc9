import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { type JsonValue, query } from 'jsonpath-rfc9535';
import { describe, expect, it } from 'vitest';
import type { Extraction, StepCheck } from '../../../core/load/plan.ts';
import { compileJsonPath } from './json-path.ts';
import { compilePattern } from './safe-pattern.ts';
import { plannedStep, response, sessionOf } from './session-fixture.ts';

type Response = ReturnType<typeof response>;

function judged(checks: readonly StepCheck[], seen: Response): string | null {
  const { session } = sessionOf([plannedStep({ checks })]);
  return session.scenario.steps[0]!.judge(session, seen);
}

describe('statuses', () => {
  it.each([
    [200, null],
    [304, null],
    [302, null],
    [404, 'status-4xx'],
    [429, 'status-429'],
    [503, 'status-5xx'],
    [199, 'status-other'],
    [601, 'status-other'],
  ])('%d without a check: %s', (status, kind) => {
    expect(judged([], response('', status))).toBe(kind);
  });

  it.each([
    [404, null],
    [201, null],
    [200, 'check'],
    [500, 'status-5xx'],
  ])('%d where 201 or 404 is asked for: %s', (status, kind) => {
    const check = { from: 404, to: 404 };
    expect(judged([{ kind: 'status', ranges: [{ from: 201, to: 201 }, check] }], response('', status))).toBe(
      kind,
    );
  });
});

describe('checks', () => {
  const body = JSON.stringify({ items: [{ id: 7, name: 'Tea' }, { id: 8 }], total: 2, next: null });

  it.each<[StepCheck, string | null]>([
    [{ kind: 'json', path: '$.total' }, null],
    [{ kind: 'json', path: '$.total', equals: 2 }, null],
    [{ kind: 'json', path: '$.total', equals: '2' }, 'check'],
    [{ kind: 'json', path: '$.next', equals: null }, null],
    [{ kind: 'json', path: '$.next' }, null],
    [{ kind: 'json', path: '$.items[0].name', equals: 'Tea' }, null],
    [{ kind: 'json', path: '$.items[*].id', equals: 8 }, null],
    [{ kind: 'json', path: '$.items[?@.id > 7].id', equals: 8 }, null],
    [{ kind: 'json', path: '$.items[2]' }, 'check'],
    [{ kind: 'json', path: '$.constructor' }, 'check'],
    [{ kind: 'body-contains', text: '"Tea"' }, null],
    [{ kind: 'body-contains', text: 'coffee' }, 'check'],
    [{ kind: 'body-matches', pattern: '"total":\\s*\\d+' }, null],
    [{ kind: 'body-matches', pattern: '^\\[' }, 'check'],
    [{ kind: 'header', name: 'X-Version', contains: 'v2' }, null],
    [{ kind: 'header', name: 'x-other', contains: '' }, 'check'],
    [{ kind: 'max-bytes', bytes: 100 }, null],
    [{ kind: 'max-bytes', bytes: 10 }, 'check'],
  ])('%j: %s', (check, kind) => {
    expect(judged([check], response(body, 200, { 'x-version': 'api-v2.1' }))).toBe(kind);
  });

  it('fail on what is no JSON, and on no body', () => {
    const check: StepCheck = { kind: 'json', path: '$..a' };
    expect(judged([check], response('<html>'))).toBe('check');
    expect(judged([check], { ...response(), body: () => null })).toBe('check');
    expect(judged([{ ...check, path: '$' }], response('<html>'))).toBe('check');
  });

  it('see through compression, but not into a bomb', () => {
    const compressed = (text: string): Response =>
      response(gzipSync(text), 200, { 'content-encoding': 'gzip' });
    const check: StepCheck = { kind: 'body-contains', text: 'Tea' };
    expect(judged([check], compressed(body))).toBe(null);
    expect(judged([check], compressed(`Tea${' '.repeat(20 * 2 ** 20)}`))).toBe('check');
    expect(judged([check], response('not gzip', 200, { 'content-encoding': 'gzip' }))).toBe('check');
    const { session } = sessionOf([plannedStep({ checks: [check], headers: [['Accept-Encoding', 'gzip']] })]);
    expect(session.scenario.steps[0]).toMatchObject({ wantsHead: true, wantsBody: true });
  });

  it('judge each body by itself, whichever came before it', () => {
    const check: StepCheck = { kind: 'json', path: '$.ok', equals: true };
    const bodies = [
      '{"ok":true}',
      '{"ok":null}',
      '{"ok":fals}',
      '{"ok":true }',
      `{"ok":true,"x":"${'y'.repeat(70_000)}"}`,
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...bodies), { maxLength: 300, size: 'max' }), (seen) => {
        const { session } = sessionOf([plannedStep({ checks: [check] })]);
        // The wire's buffer is overwritten by the next response.
        const buffer = Buffer.alloc(80_000);
        const kinds = seen.map((body) => {
          const bytes = buffer.subarray(0, buffer.write(body));
          return session.scenario.steps[0]!.judge(session, { ...response(), body: () => bytes });
        });
        expect(kinds).toEqual(seen.map((body) => (body.includes('true') ? null : 'check')));
      }),
    );
  });

  it('ask of a response no more than they look at', () => {
    const wants = (checks: readonly StepCheck[]): unknown => {
      const { session } = sessionOf([plannedStep({ checks })]);
      const { wantsHead, wantsBody } = session.scenario.steps[0]!;
      return [wantsHead, wantsBody];
    };
    expect(wants([{ kind: 'status', ranges: [{ from: 200, to: 200 }] }])).toEqual([false, false]);
    expect(wants([{ kind: 'max-bytes', bytes: 1 }])).toEqual([false, false]);
    expect(wants([{ kind: 'json', path: '$.a' }])).toEqual([false, true]);
    expect(wants([{ kind: 'header', name: 'a', contains: '' }])).toEqual([true, false]);
  });

  it('that cannot be compiled are said', () => {
    const make = (check: StepCheck) => (): unknown => sessionOf([plannedStep({ checks: [check] })]);
    expect(make({ kind: 'json', path: '$.[' })).toThrow(/check json "\$\.\["/);
    expect(make({ kind: 'body-matches', pattern: '(' })).toThrow(/check body-matches "\("/);
    expect(make({ kind: 'body-matches', pattern: '(a+)+$' })).toThrow(/for ever/);
  });
});

describe('extraction', () => {
  function extracted(extraction: Extraction, seen: Response): [kind: string | null, value: string | null] {
    const { plan, session } = sessionOf([plannedStep({ extract: [extraction] })], {
      setUp: [plannedStep({ extract: [{ variable: extraction.variable, from: 'header', name: 'none' }] })],
    });
    const kind = session.scenario.steps[0]!.judge(session, seen);
    return [kind, plan.extracted(session)[extraction.variable] ?? null];
  }
  const seen = response('{"a":{"n":12,"s":"x","o":{"k":[1]},"z":null}}<i>tok-1</i>', 200);
  const json = response('{"a":{"n":12,"s":"x","o":{"k":[1]},"z":null}}', 201, {
    location: '/orders/9',
    'set-cookie': ['other=1', 'csrf=abc; Path=/'],
  });

  it.each<[Extraction, string]>([
    [{ variable: 'v', from: 'json', path: '$.a.n', pick: 'first' }, '12'],
    [{ variable: 'v', from: 'json', path: '$.a.s', pick: 'first' }, 'x'],
    [{ variable: 'v', from: 'json', path: '$.a.o', pick: 'first' }, '{"k":[1]}'],
    [{ variable: 'v', from: 'json', path: '$..k[0]', pick: 'random' }, '1'],
    [{ variable: 'v', from: 'header', name: 'Location' }, '/orders/9'],
    [{ variable: 'v', from: 'cookie', name: 'csrf' }, 'abc'],
    [{ variable: 'v', from: 'regex', pattern: '"n":(\\d+)' }, '12'],
    [{ variable: 'v', from: 'regex', pattern: '"s":"x"' }, '"s":"x"'],
  ])('%j', (extraction, value) => {
    expect(extracted(extraction, json)).toEqual([null, value]);
  });

  it.each<Extraction>([
    { variable: 'v', from: 'json', path: '$.a.z', pick: 'first' },
    { variable: 'v', from: 'json', path: '$.b', pick: 'random' },
    { variable: 'v', from: 'header', name: 'x' },
    { variable: 'v', from: 'cookie', name: 'x' },
    { variable: 'v', from: 'regex', pattern: 'nothing' },
  ])('of what is missing fails, unless it is optional: %j', (extraction) => {
    expect(extracted(extraction, json)).toEqual(['extraction', null]);
    expect(extracted({ ...extraction, optional: true }, json)).toEqual([null, null]);
  });

  it('takes nothing from a failed response, from what is no JSON, or of endless length', () => {
    const extraction: Extraction = { variable: 'v', from: 'json', path: '$.a.n', pick: 'first' };
    expect(extracted(extraction, { ...json, status: 500 })).toEqual(['status-5xx', null]);
    expect(extracted(extraction, seen)).toEqual(['extraction', null]);
    const long = response(JSON.stringify({ a: { n: 'x'.repeat(100_000) } }));
    expect(extracted(extraction, long)).toEqual(['extraction', null]);
  });

  it('picks any of several, by the seed', () => {
    const pick: Extraction = { variable: 'v', from: 'json', path: '$[*]', pick: 'random' };
    const { plan, session } = sessionOf([plannedStep({ extract: [pick] })]);
    const picked = (): (string | null)[] =>
      Array.from({ length: 60 }, (_, number) => {
        plan.begin(session, number);
        session.scenario.steps[0]!.judge(session, response('[1,2,3]'));
        return session.values[0] ?? null;
      });
    expect(new Set(picked())).toEqual(new Set(['1', '2', '3']));
    expect(picked()).toEqual(picked());
  });
});

describe('JSONPath', () => {
  it('selects what the library selects', () => {
    const segment = fc.constantFrom('.a', "['b']", '[0]', '[-1]', '[*]', '.*', '..a', "['a','b']", '[0:2]');
    const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<JsonValue>(1, 'x', null, true),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('value'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 4 }), value, (segments, json) => {
        const path = `$${segments.join('')}`;
        const expected = query(json, path);
        const compiled = compileJsonPath(path);
        expect(compiled.all(json)).toEqual(expected);
        expect(compiled.first(json)).toEqual(expected[0]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('patterns', () => {
  it.each(['(a+)+', '(a*)*b', '((ab)+c?)*', '(?:x{2,})+', '(\\d+,?)+;'])('%s is refused', (source) => {
    expect(() => compilePattern(source)).toThrow(/for ever/);
  });

  it.each([
    'a+b*',
    '(a|b)*',
    '[(+]+',
    '(\\+\\()+',
    '[a-z]+(x[0-9])*',
    '(a{1,5})+',
    '"id":\\s*"([^"]+)"',
    '(a+)?',
  ])('%s is taken', (source) => {
    expect(compilePattern(source)).toBeInstanceOf(RegExp);
  });
});
