import { describe, expect, it } from 'vitest';
import { alertsSchema, maintenanceListSchema } from './alert-schema.ts';

const WINDOW = { name: 'nightly', from: '02:30', to: '03:15' };

describe('maintenance in the config', () => {
  it('is in UTC unless it names a zone', () => {
    expect(maintenanceListSchema.parse([WINDOW])).toMatchObject([{ timeZone: 'UTC', subjects: [] }]);
    const local = { ...WINDOW, timeZone: 'America/St_Johns' };
    expect(maintenanceListSchema.parse([local])).toMatchObject([{ timeZone: 'America/St_Johns' }]);
  });

  it('refuses a zone that does not exist, and says which', () => {
    const { error } = maintenanceListSchema.safeParse([{ ...WINDOW, timeZone: 'Europe/Atlantis' }]);
    expect(error?.issues).toMatchObject([
      {
        path: [0, 'timeZone'],
        message: 'there is no time zone "Europe/Atlantis"; write one like Europe/Berlin',
      },
    ]);
  });

  it.each(['24:00', '2:30', '02:60'])('refuses the time %j', (from) => {
    expect(maintenanceListSchema.safeParse([{ ...WINDOW, from }]).success).toBe(false);
  });
});

describe('thresholds in the config', () => {
  const threshold = { name: 'slow', metric: 'http.probe.duration' };

  it.each([{}, { above: 1, below: 2 }])('need one limit, not %j', (limits) => {
    expect(alertsSchema.safeParse({ thresholds: [{ ...threshold, ...limits }] }).success).toBe(false);
  });
});
