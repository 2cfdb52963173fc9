import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packFeeder } from './feeder-file.ts';
import {
  anyText,
  type Captured,
  compiled,
  plannedScenario,
  plannedStep,
  response,
  sessionOf,
} from './session-fixture.ts';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

describe('a static step', () => {
  it('is encoded once', () => {
    const { session, sent } = sessionOf([plannedStep({ path: '/a', headers: [['Accept', 'x/y']] })]);
    expect(sent(0)).toBe(sent(0));
    expect(sent(0)).toMatchObject({ method: 'GET', path: '/a', headers: [['accept', 'x/y']], body: null });
    expect([session.sentOrigin, session.sentPath]).toEqual([0, '/a']);
  });

  it('is static with constants of the plan and of the set-up, too', () => {
    const login = plannedStep({ extract: [{ variable: 'token', from: 'json', path: '$.t', pick: 'first' }] });
    const { sent } = sessionOf(
      [plannedStep({ path: '/{{tenant}}', headers: [['authorization', 'Bearer {{token}}']] })],
      { variables: { tenant: 'a b' }, setUp: [login] },
      { variables: { token: 'xyz' } },
    );
    expect(sent(0)).toBe(sent(0));
    expect(sent(0)).toMatchObject({ path: '/a%20b', headers: [['authorization', 'Bearer xyz']] });
  });

  it('carries a trace only when it is given one', () => {
    const { session, sent } = sessionOf([plannedStep()]);
    const traced = session.scenario.steps[0]!.encode(session, '00-1-2-01') as Captured;
    expect(traced.headers).toEqual([['traceparent', '00-1-2-01']]);
    expect(sent(0).headers).toEqual([]);
  });

  it('leaves to the encoder how a message is framed', () => {
    const { sent } = sessionOf([
      plannedStep({
        headers: [
          ['Content-Length', '7'],
          ['Connection', 'close'],
          ['x-a', '1'],
        ],
      }),
    ]);
    expect(sent(0).headers).toEqual([['x-a', '1']]);
  });
});

describe('values', () => {
  const steps = [
    plannedStep({
      method: 'POST',
      path: '/users/{{$user}}?n={{$int 1 6}}',
      headers: [['idempotency-key', '{{$uuid}}']],
      body: '{"at":"{{$now}}","round":{{$iteration}}}',
    }),
  ];

  it('are the same for the same seed and session, and others for others', () => {
    const bodyOf = (seed: number, number: number): Captured => {
      const { plan, session, sent } = sessionOf(steps, { seed });
      plan.begin(session, number);
      return sent(0);
    };
    expect(bodyOf(1, 7)).toEqual(bodyOf(1, 7));
    expect(bodyOf(1, 7).headers).not.toEqual(bodyOf(1, 8).headers);
    expect(bodyOf(1, 7).headers).not.toEqual(bodyOf(2, 7).headers);
  });

  it('are what their names say', () => {
    const { plan, session, sent } = sessionOf(steps, {}, { now: () => 1_700_000_000_123 });
    plan.begin(session, 42);
    const request = sent(0);
    expect(request.path).toMatch(/^\/users\/42\?n=[1-6]$/);
    expect(request.headers[0]![1]).toMatch(UUID);
    expect(request.body).toBe('{"at":"2023-11-14T22:13:20.123Z","round":0}');
    plan.again(session);
    expect(sent(0).body).toContain('"round":1');
  });

  it('draw each number of a range, and never the same UUID', () => {
    const { plan, session } = sessionOf([plannedStep({ path: '/{{$int -2 3}}/{{$uuid}}/{{$uuid}}' })]);
    const numbers = new Set<string>();
    const uuids = new Set<string>();
    for (let number = 0; number < 2000; number += 1) {
      plan.begin(session, number);
      for (let round = 0; round < 2; round += 1) {
        const { path } = session.scenario.steps[0]!.encode(session, null) as Captured;
        const [, drawn, first, second] = path.split('/');
        numbers.add(drawn!);
        uuids.add(first!).add(second!);
        plan.again(session);
      }
    }
    expect([...numbers].map(Number).sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
    expect(uuids.size).toBe(8000);
  });

  it('stay the same where a redirect keeps the method, and the next step has others', () => {
    const { session, sent } = sessionOf([plannedStep({ method: 'POST', path: '/', body: '{{$uuid}}' })]);
    const first = sent(0);
    const hop = session.scenario.steps[0]!.encodeRedirect(session, 0, '/there', true) as Captured;
    expect(hop).toMatchObject({ method: 'POST', path: '/there', body: first.body });
    expect(sent(0).body).not.toBe(first.body);
  });

  it('cannot leave their place', () => {
    const evil = anyText(40);
    const { session, sent } = sessionOf([
      plannedStep({ extract: [{ variable: 'v', from: 'json', path: '$', pick: 'first' }] }),
      plannedStep({
        method: 'POST',
        path: '/a/{{v}}?b={{v}}&c={{v | raw}}',
        headers: [['content-type', 'application/json']],
        body: '{"a":"{{v}}","b":"x\\"{{v}}"}',
      }),
      plannedStep({
        method: 'POST',
        headers: [['Content-Type', 'application/x-www-form-urlencoded']],
        body: 'a={{v}}&b=1',
      }),
    ]);
    fc.assert(
      fc.property(evil, (value) => {
        expect(session.scenario.steps[0]!.judge(session, response(JSON.stringify(value)))).toBe(null);
        // JSON of a lone surrogate comes back as its replacement.
        const received = Buffer.from(value, 'utf8').toString('utf8');
        const request = sent(1);
        expect(request.path).toMatch(/^\/a\/[\w.~!*'()%-]*\?b=[\w.~!*'()%-]*&c=[\x21-\x7e]*$/);
        const body = JSON.parse(request.body ?? '') as { a: string; b: string };
        expect(Buffer.from(body.a).toString()).toBe(received);
        expect(Buffer.from(body.b).toString()).toBe(`x"${received}`);
        expect([...new URLSearchParams(sent(2).body ?? '').keys()]).toEqual(['a', 'b']);
      }),
    );
  });

  it('never break a header, wherever they come from', async () => {
    const header = (name: string): ReturnType<typeof plannedStep> =>
      plannedStep({ name: 'S', headers: [['x-value', `{{${name}}}`]] });
    const { session } = sessionOf([
      plannedStep({ extract: [{ variable: 'v', from: 'json', path: '$', pick: 'first' }] }),
      header('v'),
    ]);
    const [first] = session.scenario.steps;
    expect(first!.judge(session, response('"a\\r\\nx-evil: 1"'))).toBe('extraction');
    expect(() => sessionOf([header('v')], { variables: { v: 'a\nb' } })).toThrow(/line break/);
    expect(() => sessionOf([plannedStep({ headers: [['x', 'a\nb']] })])).toThrow(/line break/);
    const feeder = await packFeeder('rows', ['v'], [['fine'], ['not\r\nfine']], 'sequential');
    expect(() => sessionOf([header('v')], { feeders: [feeder] })).toThrow(/row 2/);
  });
});

describe('names', () => {
  it('that are not known are all said, with what may have been meant', () => {
    const steps = [
      plannedStep({ name: 'A', path: '/{{tokn}}', body: '{{$uid}}' }),
      plannedStep({ name: 'B', body: '{{later}} {{' }),
      plannedStep({ name: 'C', extract: [{ variable: 'later', from: 'header', name: 'x' }] }),
    ];
    const make = (): unknown => sessionOf(steps, { variables: { token: 'x' } });
    expect(make).toThrow(/A: \{\{tokn\}\} is not known\. Did you mean `token`\?/);
    expect(make).toThrow(/A: body: \{\{\$uid\}\} is not known\. Did you mean `\$uuid`\?/);
    expect(make).toThrow(/B: body: .*without its/);
    expect(() => sessionOf([{ ...steps[1]!, body: '{{later}}' }, steps[2]!])).toThrow(/only by a later step/);
  });

  it('may be extracted by a later step where the plan has a first value', () => {
    const { plan, session, sent } = sessionOf(
      [
        plannedStep({ path: '/list?after={{cursor}}' }),
        plannedStep({ extract: [{ variable: 'cursor', from: 'header', name: 'X-Next' }] }),
      ],
      { variables: { cursor: 'none' } },
    );
    expect(sent(0).path).toBe('/list?after=none');
    expect(session.scenario.steps[1]!.judge(session, response('', 200, { 'x-next': 'p2' }))).toBe(null);
    expect(sent(0).path).toBe('/list?after=p2');
    plan.again(session);
    expect(sent(0).path).toBe('/list?after=none');
  });

  it('of several feeders need their feeder', async () => {
    const feeders = await Promise.all(
      ['a', 'b'].map((name) => packFeeder(name, ['id'], [[`${name}1`], [`${name}2`]], 'sequential')),
    );
    expect(() => sessionOf([plannedStep({ path: '/{{id}}' })], { feeders })).toThrow(/feeder\.id/);
    expect(sessionOf([plannedStep({ path: '/{{a.id}}/{{b.id}}' })], { feeders }).sent(0).path).toBe('/a1/b1');
  });

  it('can be written themselves', () => {
    const { sent } = sessionOf([plannedStep({ method: 'POST', body: '\\{{name}} {"a":{"b":1}}' })]);
    expect(sent(0).body).toBe('{{name}} {"a":{"b":1}}');
  });
});

describe('sessions', () => {
  const begin = [plannedStep({ extract: [{ variable: 'user', from: 'header', name: 'x-user' }] })];
  const steps = [plannedStep({ path: '/{{user}}/{{item}}' })];

  it('keep what their beginning found, and take new rows each round', async () => {
    const rows = Array.from({ length: 10 }, (_, row) => [`i${row}`]);
    const feeders = [await packFeeder('items', ['item'], rows, 'sequential')];
    const model = { kind: 'users' as const, stages: [{ from: 3, to: 3, durationMs: 1 }] };
    const plan = compiled({ scenarios: [plannedScenario({ begin, steps })], feeders, model });
    const paths: string[] = [];
    for (let number = 0; number < 3; number += 1) {
      const session = plan.newSession();
      plan.begin(session, number);
      session.scenario.begin[0]!.judge(session, response('', 200, { 'x-user': `u${number}` }));
      for (let round = 0; round < 3; round += 1) {
        paths.push((session.scenario.steps[0]!.encode(session, null) as Captured).path);
        plan.again(session);
        expect(session.position).toBe(1);
      }
    }
    expect(paths.sort()).toEqual([
      '/u0/i0',
      '/u0/i3',
      '/u0/i6',
      '/u1/i1',
      '/u1/i4',
      '/u1/i7',
      '/u2/i2',
      '/u2/i5',
      '/u2/i8',
    ]);
  });

  it('used again are as new', () => {
    const plan = compiled(
      { scenarios: [plannedScenario({ begin, steps: [plannedStep()] })] },
      { cookies: true },
    );
    const session = plan.newSession();
    plan.begin(session, 1);
    session.scenario.begin[0]!.encode(session, null);
    session.scenario.begin[0]!.judge(session, response('', 200, { 'x-user': 'u', 'set-cookie': 'a=1' }));
    expect(session.cookies!.value('a')).toBe('1');
    plan.begin(session, 2);
    const other = plan.newSession();
    plan.begin(other, 2);
    expect(session.values).toEqual(other.values);
    expect(session.random).toBe(other.random);
    expect(session.cookies!.value('a')).toBe(null);
  });

  it('choose scenarios by their weights, or take the one of a recording', () => {
    const scenarios = [
      plannedScenario({ name: 'rare', weight: 1 }),
      plannedScenario({ name: 'often', weight: 3 }),
      plannedScenario({ name: 'never', weight: 0 }),
    ];
    const plan = compiled({ scenarios });
    const session = plan.newSession();
    const counts: Record<string, number> = {};
    for (let number = 0; number < 10_000; number += 1) {
      plan.begin(session, number);
      counts[session.scenario.name] = (counts[session.scenario.name] ?? 0) + 1;
    }
    // Four standard deviations of a binomial.
    expect(Math.abs((counts.often ?? 0) - 7500)).toBeLessThan(4 * Math.sqrt(10_000 * 0.25 * 0.75));
    expect(counts.never).toBeUndefined();
    plan.begin(session, 1, 2);
    expect(session.scenario.name).toBe('never');
  });

  it('tell what the set-up has found', () => {
    const setUp = [
      plannedStep({ extract: [{ variable: 'token', from: 'json', path: '$.token', pick: 'first' }] }),
      plannedStep({ headers: [['authorization', '{{token}}']] }),
    ];
    const plan = compiled({ setUp });
    const session = plan.newSession();
    plan.begin(session, 0);
    expect(plan.extracted(session)).toEqual({});
    plan.setUp[0]!.judge(session, response('{"token":"t1"}'));
    expect(plan.extracted(session)).toEqual({ token: 't1' });
    expect((plan.setUp[1]!.encode(session, null) as Captured).headers).toEqual([['authorization', 't1']]);
  });
});

describe('a redirect', () => {
  const step = plannedStep({
    method: 'POST',
    path: '/login',
    headers: [
      ['authorization', 'secret'],
      ['content-type', 'text/plain'],
      ['accept', '*/*'],
    ],
    body: 'x',
  });

  it('becomes a GET without a body, unless the method is kept', () => {
    const { session } = sessionOf([step]);
    const hop = session.scenario.steps[0]!.encodeRedirect(session, 0, '/home', false) as Captured;
    expect(hop).toMatchObject({ method: 'GET', path: '/home', body: null });
    expect(hop.headers).toEqual([
      ['authorization', 'secret'],
      ['accept', '*/*'],
    ]);
    expect(session.sentPath).toBe('/home');
  });

  it('takes no credentials to another origin, and no line break into the request line', () => {
    const { session } = sessionOf([step]);
    const hop = session.scenario.steps[0]!.encodeRedirect(session, 1, '/a b\r\nx: y', true) as Captured;
    expect(hop).toMatchObject({ origin: 1, method: 'POST', path: '/a%20b%0D%0Ax:%20y' });
    expect(hop.headers.map(([name]) => name)).toEqual(['content-type', 'accept']);
  });

  it('keeps the cookies of its hops', () => {
    const { session, sent } = sessionOf([step, plannedStep()], {}, { cookies: true });
    sent(0);
    const [login] = session.scenario.steps;
    login!.takeCookies(session, response('', 302, { 'set-cookie': ['s=1; Path=/', 't=2; Path=/x'] }));
    const hop = login!.encodeRedirect(session, 0, '/x/y', false) as Captured;
    expect(hop.headers.at(-1)).toEqual(['cookie', 't=2; s=1']);
    expect(sent(1).headers).toEqual([['cookie', 's=1']]);
  });
});
