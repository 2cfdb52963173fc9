import { expect, it } from 'vitest';
import { phasesOfCall } from './call-phases.ts';

it('divides a call at the ends of its parts', () => {
  const moments = { startMs: 10, lookupMs: 12, connectMs: 15, secureMs: 20, sentMs: 11, firstByteMs: 50 };
  expect(phasesOfCall(moments, 57)).toEqual({
    queue: null,
    dns: 2,
    connect: 3,
    tls: 5,
    request: 0,
    ttfb: 30,
    transfer: 7,
  });
});

it('has no negative part where the answer came before the request was sent', () => {
  const { request, ttfb, transfer } = phasesOfCall(
    { startMs: 0, connectMs: 1, sentMs: 9, firstByteMs: 4 },
    10,
  );
  expect([request, ttfb, transfer]).toEqual([3, 0, 6]);
});
