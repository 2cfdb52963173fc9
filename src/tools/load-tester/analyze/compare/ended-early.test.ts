import { describe, expect, it } from 'vitest';
import { endpointOf } from '../load-fixture.ts';
import type { BlockSide } from './blocks.ts';
import { judgeEarlyEnd } from './ended-early.ts';

const block = (failures: Record<string, number>): BlockSide => ({
  durationMs: 2_000,
  endpoints: Object.entries(failures).map(([name, failed]) =>
    endpointOf({ name, latencies: { 5: 100 }, failed: { 'status-5xx': failed } }),
  ),
});
const well = block({ 'GET /a': 0, 'GET /b': 1 });

describe('a comparison that ended by the error budget', () => {
  it('judges the errors of the endpoints that only the new version fails', () => {
    const { changes, open } = judgeEarlyEnd([], {
      side: 'after',
      before: [well, well],
      ended: block({ 'GET /a': 90, 'GET /b': 2 }),
    });
    expect(open).toBeNull();
    expect(changes).toMatchObject([
      { endpoint: 'GET /a', metric: 'errors', before: 0, after: 0.9, blocks: 2, verdict: 'regressed' },
    ]);
  });

  it('is open when both fail, the one before alone, or none by more than chance', () => {
    const bad = block({ 'GET /a': 60 });
    expect(judgeEarlyEnd([], { side: 'before', before: [well], ended: bad }).open).toContain(
      'before that fails',
    );
    expect(judgeEarlyEnd([], { side: 'after', before: [bad], ended: bad }).open).toContain('fails as well');
    expect(judgeEarlyEnd([], { side: 'after', before: [], ended: bad }).open).toContain('not measured');
    expect(judgeEarlyEnd([], { side: 'after', before: [well], ended: well }).open).toContain('beyond chance');
    const other = judgeEarlyEnd([], { side: 'after', before: [well], ended: bad, endpoints: ['GET /b'] });
    expect(other).toEqual({
      changes: [],
      open: 'no endpoint of it fails more often than before, beyond chance',
    });
  });
});
