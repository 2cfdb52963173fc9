import { RearguardError } from '../../core/errors.ts';
import type { CoverageGap } from '../../core/event.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Store } from '../../store/store.ts';
import { readAddress } from './address-file.ts';
import { decodeHolder, encodeHolder, lifeOf, ownHolder } from './holder.ts';
import { pause } from './repeat.ts';

export const RENEW_EVERY_MS = 5_000;
/** One that was not renewed for this long belongs to nobody any more. */
export const STALE_AFTER_MS = 20_000;
const LOOK_EVERY_MS = 500;

export interface Lease {
  /** Since when nobody watched; null with the first start on this store. */
  gap: CoverageGap | null;
  /** false when another daemon has taken it: this one must end. Throws E_STORE_*. */
  renew(): boolean;
  /** Says until when this one watched, and lets go. Throws E_STORE_*. */
  release(): void;
}

interface LeaseOptions {
  store: Pick<Store, 'lease'>;
  storePath: string;
  clock: Clock;
  random: () => number;
  signal: AbortSignal;
}

/**
 * Becomes the one daemon of this store. Where the last holder is certainly gone, at once; where it may still live, it is
 * waited for a sign of life until its lease is stale. Throws E_SERVE_RUNNING, E_INTERRUPTED and E_STORE_*.
 */
export async function takeLease(options: LeaseOptions): Promise<Lease> {
  const { store, clock, random, signal } = options;
  const self = ownHolder(random);
  const holder = encodeHolder(self);
  const last = store.lease.current();
  const startedMs = clock.monotonicMs();
  let expected = last;
  for (;;) {
    const nowMs = clock.wallMs();
    const life = expected === undefined ? 'gone' : lifeOf(decodeHolder(expected.holder), self);
    // Judged by what was seen here as well, for a clock that was set back makes every renewal look young.
    const isAbandoned = life === 'gone' || clock.monotonicMs() - startedMs >= STALE_AFTER_MS;
    // Only as that holder left it: should a third one have been quicker, its renewal is younger.
    const staleBeforeMs =
      isAbandoned && expected !== undefined ? expected.renewedAtMs : nowMs - STALE_AFTER_MS;
    if (store.lease.take({ holder, nowMs, staleBeforeMs })) break;
    const current = store.lease.current();
    const isRenewed = current?.renewedAtMs !== expected?.renewedAtMs;
    const isFresh = current !== undefined && nowMs - current.renewedAtMs <= RENEW_EVERY_MS + LOOK_EVERY_MS;
    if (isRenewed || (life === 'running' && isFresh)) {
      throw await alreadyRunning(options, current?.holder ?? '');
    }
    expected = current;
    await pause(clock, LOOK_EVERY_MS, signal);
    if (signal.aborted) throw new RearguardError('E_INTERRUPTED');
  }
  const take = (): boolean => {
    const nowMs = clock.wallMs();
    return store.lease.take({ holder, nowMs, staleBeforeMs: nowMs - STALE_AFTER_MS });
  };
  return {
    gap: gapSince(last?.renewedAtMs, clock.wallMs()),
    renew: take,
    release: () => {
      if (take()) store.lease.release(holder);
    },
  };
}

function gapSince(fromMs: number | undefined, toMs: number): CoverageGap | null {
  return fromMs === undefined || fromMs >= toMs ? null : { fromMs, toMs, reason: 'not-running' };
}

async function alreadyRunning({ storePath }: LeaseOptions, holder: string): Promise<RearguardError> {
  const { host, pid } = decodeHolder(holder) ?? {};
  const address = await readAddress(storePath);
  return new RearguardError('E_SERVE_RUNNING', {
    path: storePath,
    who: pid === undefined ? '' : ` as process ${pid} on ${host ?? ''}`,
    where: address === undefined || address.pid !== pid ? '' : ` at ${address.url}`,
  });
}
