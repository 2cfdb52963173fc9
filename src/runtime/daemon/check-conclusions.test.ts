import { expect, it } from 'vitest';
import { conclusionsOf } from './check-conclusions.ts';

it('gives each tool what its own rules came to', () => {
  const subject = { kind: 'endpoint', name: 'GET /ok' } as const;
  const conclusions = conclusionsOf({
    findings: [],
    coverage: {
      checked: [
        { subject, rules: ['health/slow', 'health/down', 'watch-guard/broken'] },
        { subject: { kind: 'dependency', name: 'redis' }, rules: ['dependencies/down'] },
      ],
      notChecked: [{ reason: 'no target' }],
    },
  });
  expect([...conclusions.keys()]).toEqual(['health', 'watch-guard', 'dependencies']);
  expect(conclusions.get('health')?.coverage.checked).toEqual([
    { subject, rules: ['health/slow', 'health/down'] },
  ]);
  expect(conclusions.get('watch-guard')?.coverage.checked).toEqual([
    { subject, rules: ['watch-guard/broken'] },
  ]);
});
