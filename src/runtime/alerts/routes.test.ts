import { describe, expect, it } from 'vitest';
import { alertsSchema } from '../../config/alert-schema.ts';
import { recipientsOf, toldBefore } from './routes.ts';

const notifiers = { chat: { kind: 'console' }, pager: { kind: 'console' }, shopTeam: { kind: 'console' } };
const policy = alertsSchema.parse({
  notifiers,
  routes: [
    { severities: ['critical', 'high'], notifiers: ['pager'] },
    { severities: ['medium'], notifiers: ['chat'] },
    { subjects: ['shop', 'pay*'], notifiers: ['shopTeam'] },
  ],
});
const SHOP = [{ kind: 'endpoint', name: 'shop GET /' } as const];
const MAIL = [{ kind: 'dependency', name: 'mail' } as const];

describe('recipientsOf', () => {
  it('is everybody without routes', () => {
    const open = alertsSchema.parse({ notifiers });
    expect(recipientsOf({ severity: 'low', subjects: MAIL }, [], open)).toEqual([
      'chat',
      'pager',
      'shopTeam',
    ]);
  });

  it('is those of every route that fits, by severity and by subject', () => {
    expect(recipientsOf({ severity: 'high', subjects: MAIL }, [], policy)).toEqual(['pager']);
    expect(recipientsOf({ severity: 'high', subjects: [...MAIL, ...SHOP] }, [], policy)).toEqual([
      'pager',
      'shopTeam',
    ]);
    expect(recipientsOf({ severity: 'low', subjects: MAIL }, [], policy)).toEqual([]);
  });

  it('keeps those who were told before', () => {
    expect(recipientsOf({ severity: 'critical', subjects: MAIL }, ['chat', 'gone'], policy)).toEqual([
      'chat',
      'pager',
    ]);
  });
});

describe('toldBefore', () => {
  it('leaves out who is not there any longer', () => {
    expect(toldBefore(['chat', 'gone', 'toString'], policy)).toEqual(['chat']);
  });
});
