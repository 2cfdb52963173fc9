import { describe, expect, it } from 'vitest';
import { familiesOf } from '../segments/families.ts';
import type { ShapeEdge } from '../shape/types.ts';
import { factsOf, type RuledGroup } from './group-facts.ts';
import { applyRules, ruleEdges } from './rule-edges.ts';
import { groupingRulesSchema } from './rules-schema.ts';

function group(id: string, more: Partial<RuledGroup> = {}): RuledGroup {
  return { id, kind: 'exception', title: 'Error: no', culprit: null, level: 'error', firstMs: 0, ...more };
}

function familiesBy(rules: unknown, groups: readonly RuledGroup[], edges: readonly ShapeEdge[] = []) {
  const parsed = groupingRulesSchema.parse({ rules });
  return familiesOf([...edges, ...ruleEdges(applyRules(parsed.rules, groups))]);
}

const REASON = { kind: 'varying-word', position: 2, distinct: 6, needed: 5 } as const;

describe('rules of grouping', () => {
  it('see a group by its parts', () => {
    const title = 'CardDeclined: card of <*> declined';
    expect(factsOf(group('e1', { title, culprit: 'Payments.charge (src/payments/card.ts)' }))).toEqual({
      type: 'CardDeclined',
      message: 'card of <*> declined',
      path: 'src/payments/card.ts',
      function: 'Payments.charge',
      module: 'Payments',
      logger: '',
      level: 'error',
    });
    expect(factsOf(group('m1', { kind: 'message', title: 'disk: full', culprit: 'kernel' }))).toMatchObject({
      type: '',
      message: 'disk: full',
      logger: 'kernel',
    });
    expect(factsOf(group('e2', { title: 'the queue: is full' }))).toMatchObject({
      type: '',
      message: 'the queue: is full',
    });
  });

  it('make groups of one key one, under the id that was there first', () => {
    const groups = [
      group('e1', { title: 'CardDeclined: no', firstMs: 20 }),
      group('e2', { title: 'CardExpired: no', firstMs: 10 }),
      group('e3', { title: 'Other: no' }),
    ];
    const families = familiesBy([{ match: { type: 'Card*' }, key: 'cards' }], groups);
    expect(['e1', 'e2', 'e3'].map((id) => families.rootOf(id))).toEqual(['e2', 'e2', 'e3']);
    expect(families.reasonOf('e1')).toBe('rule 1 (key cards)');
    expect(families.titleOf('e2')).toBe('cards');
    expect(families.titleOf('e3')).toBeNull();
  });

  it('count in their order, and need all of what they name', () => {
    const groups = [group('e1', { title: 'A: x', level: 'warn' }), group('e2', { title: 'A: x' })];
    const families = familiesBy(
      [
        { match: { type: 'A', level: ['fatal', 'warn'] }, title: 'harmless' },
        { match: { type: ['B', 'A'] }, title: 'bad' },
      ],
      groups,
    );
    expect([families.titleOf('e1'), families.titleOf('e2')]).toEqual(['harmless', 'bad']);
    expect(families.rootOf('e1')).toBe('e1');
  });

  it('take a group out of the family that counting put it in', () => {
    const edges: ShapeEdge[] = [
      { child: '222222222222', parent: '111111111111', reason: REASON },
      { child: '333333333333', parent: '222222222222', reason: REASON },
    ];
    const apart = group('m222222222222', { kind: 'message', title: 'state of queue changed' });
    const families = familiesBy([{ match: { message: '*queue*' }, key: 'queue' }], [apart], edges);
    expect(families.rootOf('m222222222222')).toBe('m222222222222');
    expect(families.rootOf('m333333333333')).toBe('m222222222222');
    expect(familiesBy([], [apart], edges).rootOf('m222222222222')).toBe('m111111111111');
  });

  it('are refused where they match nothing in particular, or change nothing', () => {
    expect(groupingRulesSchema.safeParse({ rules: [{ match: {}, key: 'x' }] }).success).toBe(false);
    expect(groupingRulesSchema.safeParse({ rules: [{ match: { type: 'A' } }] }).success).toBe(false);
    expect(
      groupingRulesSchema.safeParse({ rules: [{ match: { type: 'A', host: 'b' }, key: 'x' }] }).success,
    ).toBe(false);
  });
});
