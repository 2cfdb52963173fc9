import { describe, expect, it } from 'vitest';
import { emptyAssessment } from '../../../../core/assessment.ts';
import { RULES } from '../../rules.ts';
import { withSilentStatements } from './slow.ts';

const RULE = RULES.slowStatement;
const sale = { kind: 'query', name: 'shop-db SELECT sale 1a2b3c4d' } as const;
const known = [{ rule: RULE.id, subject: sale }];

describe('withSilentStatements', () => {
  it('says of a slow statement that was not called why nothing is known of it', () => {
    expect(withSilentStatements(emptyAssessment(), 'shop-db', known)).toMatchObject({
      checked: [],
      notChecked: [
        { subject: sale, rules: [RULE.id], reason: expect.stringContaining('not called') as string },
      ],
    });
  });

  it('adds nothing to a verdict, of another database, or where statements were not counted at all', () => {
    const judged = { ...emptyAssessment(), checked: [{ subject: sale, rule: RULE }] };
    const blind = { ...emptyAssessment(), notChecked: [{ rules: [RULE.id], reason: 'no extension' }] };
    expect(withSilentStatements(judged, 'shop-db', known)).toEqual(judged);
    expect(withSilentStatements(emptyAssessment(), 'other-db', known)).toEqual(emptyAssessment());
    expect(withSilentStatements(blind, 'shop-db', known)).toEqual(blind);
  });
});
