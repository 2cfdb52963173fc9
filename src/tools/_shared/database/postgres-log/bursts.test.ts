import { describe, expect, it } from 'vitest';
import { createBurstReader } from './bursts.ts';
import { EMPTY_RECORD, type LogRecord } from './record.ts';

function line(processId: number, atMs: number, durationMs: number, id: number): LogRecord {
  return {
    ...EMPTY_RECORD,
    processId,
    atMs,
    application: 'shop',
    message: `duration: ${durationMs} ms  execute <unnamed>: select * from users where id = $1`,
    detail: `Parameters: $1 = '${id}'`,
  };
}

describe('createBurstReader', () => {
  it('ends a unit where a connection pauses, and keeps connections apart', () => {
    const reader = createBurstReader();
    for (const record of [
      line(1, 1_000, 2, 1),
      line(2, 1_001, 2, 2),
      line(1, 1_010, 3, 3),
      line(1, 1_200, 2, 4),
    ])
      reader.add(record);
    expect(reader.calls().map(({ unit }) => unit)).toEqual(['1 0', '2 0', '1 0', '1 1']);
    expect(reader.calls()[2]).toMatchObject({ startMs: 1_007, endMs: 1_010 });
  });

  it('counts a long statement as work, not as a pause', () => {
    const reader = createBurstReader();
    for (const record of [line(1, 1_000, 2, 1), line(1, 3_000, 1_990, 2)]) reader.add(record);
    expect(new Set(reader.calls().map(({ unit }) => unit)).size).toBe(1);
  });

  it('tells calls apart by their parameters, and leaves out other lines', () => {
    const reader = createBurstReader();
    reader.add(line(1, 1_000, 1, 1));
    reader.add({ ...line(1, 1_002, 1, 2), message: 'duration: 0.1 ms  bind <unnamed>: select 1' });
    reader.add(line(1, 1_004, 1, 1));
    reader.add(line(1, 1_006, 1, 2));
    const identities = reader.calls().map(({ identity }) => identity);
    expect(identities[0]).toBe(identities[1]);
    expect(identities[0]).not.toBe(identities[2]);
    expect(identities).toHaveLength(3);
  });
});
