import { describe, expect, it } from 'vitest';
import { RULES } from '../rules.ts';
import { assessAvailability } from './availability.ts';
import { endpointFixture, measureFixture, repeat, type Seen } from './test-fixtures.ts';

const orders = endpointFixture('/api/orders');
const users = endpointFixture('/api/users');

function findingsFor(ordersSeen: readonly Seen[], usersSeen: readonly Seen[] = repeat(10, 60)) {
  const { findings } = assessAvailability([
    measureFixture(orders, ordersSeen),
    measureFixture(users, usersSeen),
  ]);
  return findings.map(({ rule, subject }) => [rule, subject.name]);
}

describe('assessAvailability', () => {
  it('says nothing about a healthy target', () => {
    expect(findingsFor(repeat(10, 60))).toEqual([]);
  });

  it('says nothing about one lone failure', () => {
    expect(findingsFor(['status-5xx', ...repeat(10, 59)])).toEqual([]);
  });

  it('reports a refused target once, not once per endpoint', () => {
    expect(findingsFor(repeat('refused', 4), repeat('refused', 4))).toEqual([[RULES.targetDown.id, 'shop']]);
  });

  it('reports one silent endpoint as that endpoint, with the others as control', () => {
    const { findings } = assessAvailability([
      measureFixture(orders, repeat('no-response', 4)),
      measureFixture(users, repeat(10, 60)),
    ]);
    expect(findings).toMatchObject([
      { rule: RULES.noResponse.id, subject: { name: orders.name }, confidence: 'proven' },
    ]);
    expect(findings[0]?.evidence.find(({ label }) => label === 'control')?.value).toContain(users.name);
  });

  it('reports a process that never answers as its target', () => {
    expect(findingsFor(repeat('no-response', 4), repeat('no-response', 4))).toEqual([
      [RULES.noResponse.id, 'shop'],
    ]);
  });

  it('tells a failing endpoint from an error rate', () => {
    expect(findingsFor(repeat('status-5xx', 60))).toEqual([[RULES.endpointFailing.id, orders.name]]);
    const third = Array.from({ length: 60 }, (_, index): Seen => (index % 3 === 0 ? 'status-5xx' : 10));
    expect(findingsFor(third)).toEqual([[RULES.errorRate.id, orders.name]]);
  });

  it('tells alternating stretches from errors at random', () => {
    const stretches = Array.from({ length: 60 }, (_, index): Seen =>
      Math.floor(index / 10) % 2 === 0 ? 10 : 'status-5xx',
    );
    expect(findingsFor(stretches)).toEqual([[RULES.flapping.id, orders.name]]);
  });

  it('calls a broken expectation what it is', () => {
    expect(findingsFor(repeat('assertion', 60))).toEqual([[RULES.unexpectedResponse.id, orders.name]]);
  });

  it('judges nothing from suspect samples and says so', () => {
    const { findings, checked, notChecked } = assessAvailability([
      measureFixture(orders, repeat('refused', 60), { suspect: true }),
    ]);
    expect(findings).toEqual([]);
    expect(checked).toEqual([]);
    expect(notChecked[0]?.reason).toContain('60 were made while this machine was too busy');
  });

  it('does not claim to have checked the endpoints of a target that is down', () => {
    const { checked, notChecked } = assessAvailability([measureFixture(orders, repeat('refused', 4))]);
    expect(checked.map(({ subject }) => subject.kind)).toEqual(['target', 'target']);
    expect(notChecked.map(({ subject }) => subject?.name)).toEqual([orders.name]);
  });
});
