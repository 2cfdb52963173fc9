import { expect, it } from 'vitest';
import { RearguardError } from '../../core/errors.ts';
import { createManualClock } from '../../platform/test-support/manual-clock.ts';
import { createFailureLog } from './failure-log.ts';

const full = new RearguardError('E_STORE_FULL', { path: 'store.db' });

it('tells a failure once, again when it lasts, and forgets it when it is over', async () => {
  const clock = createManualClock({ wallMs: 1_000_000, monotonicMs: 0 });
  const lines: string[] = [];
  const failures = createFailureLog(
    { debug: () => undefined, info: () => undefined, warn: (line) => lines.push(line) },
    clock,
  );
  for (let second = 0; second < 290; second += 10) {
    failures.add('alerting', full);
    await clock.advance(10_000);
  }
  expect(lines).toEqual([`alerting: ${full.message}`]);
  expect(failures.list()).toEqual([{ what: 'alerting', error: full.toReportError(), sinceMs: 1_000_000 }]);

  await clock.advance(10_000);
  failures.add('alerting', full);
  expect(lines).toHaveLength(2);

  await clock.advance(30_000);
  expect(failures.list()).toEqual([]);
  failures.add('alerting', full);
  expect(lines).toHaveLength(3);
  failures.clear('alerting');
  expect(failures.list()).toEqual([]);
});
