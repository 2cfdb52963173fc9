import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RearguardError } from '../core/errors.ts';
import { assertSomeDependency, leftOut } from './left-out.ts';

const missing = (name: string) => {
  const error = new RearguardError('E_SECRET_MISSING', { setting: name, reference: '$env' });
  return { unresolved: { name, error }, diagnostic: { level: 'error' as const, message: `${name} is out` } };
};
const [shop, cache, queue] = [missing('shop'), missing('cache'), missing('queue')];
const world = {
  resolved: { targets: [], secrets: [], unresolved: [shop.unresolved], diagnostics: [shop.diagnostic] },
  dependencies: {
    dependencies: [],
    secrets: [],
    unresolved: [cache.unresolved, queue.unresolved],
    diagnostics: [cache.diagnostic, queue.diagnostic],
  },
};
const ofTargets = { input: z.strictObject({ target: z.string().optional() }) };
const ofDependencies = { input: z.strictObject({ dependencies: z.array(z.string()).optional() }) };

function namesLeftOut(command: typeof ofTargets | typeof ofDependencies, input: Record<string, unknown>) {
  const { notChecked, diagnostics } = leftOut({ command, input, world });
  return [notChecked.map(({ subject }) => `${subject?.kind} ${subject?.name}`), diagnostics.length];
}

describe('what lacks its secret', () => {
  it('is a gap: dependencies only for a command about them', () => {
    expect(namesLeftOut(ofTargets, {})).toEqual([['target shop'], 1]);
    expect(namesLeftOut(ofDependencies, {})).toEqual([
      ['target shop', 'dependency cache', 'dependency queue'],
      3,
    ]);
  });

  it('is none when others were asked for', () => {
    expect(namesLeftOut(ofTargets, { target: 'other' })).toEqual([[], 0]);
    expect(namesLeftOut(ofDependencies, { dependencies: ['queue'] })).toEqual([
      ['target shop', 'dependency queue'],
      2,
    ]);
    expect(namesLeftOut(ofDependencies, { impact: 'other' })).toEqual([['target shop'], 1]);
  });

  it('is an error when it is all there is, or was asked for', () => {
    const check = (command: typeof ofTargets | typeof ofDependencies, input: Record<string, unknown>) => () =>
      assertSomeDependency({ command, input, world });
    expect(check(ofDependencies, {})).toThrow(cache.unresolved.error);
    expect(check(ofDependencies, { dependencies: ['queue'] })).toThrow(queue.unresolved.error);
    expect(check(ofDependencies, { dependencies: ['other'] })).not.toThrow();
    expect(check(ofTargets, {})).not.toThrow();
  });
});
