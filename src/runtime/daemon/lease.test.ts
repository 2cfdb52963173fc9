import { spawn } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../store/open.ts';
import type { Store } from '../../store/store.ts';
import { createManualClock, type ManualClock } from '../../platform/test-support/manual-clock.ts';
import { writeAddress } from './address-file.ts';
import { encodeHolder, ownHolder } from './holder.ts';
import { takeLease } from './lease.ts';

const NEVER = new AbortController().signal;
// A manual clock keeps its listeners.
setMaxListeners(0, NEVER);
const RETENTION = { samplesMs: 1e9, minuteBucketsMs: 1e9, hourBucketsMs: 1e9, runsMs: 1e9 };

let folder: string;
let storePath: string;
let store: Store;
let clock: ManualClock;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rearguard-lease-'));
  storePath = join(folder, 'store.db');
  clock = createManualClock({ wallMs: 1_000_000, monotonicMs: 0 });
  store = openStore({ path: storePath, retention: RETENTION, clock });
});
afterEach(async () => {
  store.close();
  await rm(folder, { recursive: true, force: true });
});

const take = (random = 0.5) => takeLease({ store, storePath, clock, random: () => random, signal: NEVER });

/** A process that has been and is no more. */
async function formerPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe('one daemon for one store', () => {
  it('has no gap with the first start, and one since the clean end of the last', async () => {
    const first = await take(0.1);
    expect(first.gap).toBeNull();
    await clock.advance(7_000);
    first.release();
    await clock.advance(60_000);
    const second = await take(0.2);
    expect(second.gap).toEqual({ fromMs: 1_007_000, toMs: 1_067_000, reason: 'not-running' });
  });

  it('takes over at once from a process that is gone', async () => {
    const holder = encodeHolder({ ...ownHolder(() => 0.1), pid: await formerPid() });
    store.lease.take({ holder, nowMs: clock.wallMs(), staleBeforeMs: 0 });
    await clock.advance(3_000);
    const lease = await take();
    expect(lease.gap).toEqual({ fromMs: 1_000_000, toMs: 1_003_000, reason: 'not-running' });
  });

  it('takes over from an earlier start with its own process id, as in a container', async () => {
    const holder = encodeHolder(ownHolder(() => 0.1));
    store.lease.take({ holder, nowMs: clock.wallMs(), staleBeforeMs: 0 });
    expect((await take(0.2)).renew()).toBe(true);
  });

  it('refuses at once beside a process that runs, and says where that one is', async () => {
    const pid = process.ppid;
    const holder = encodeHolder({ ...ownHolder(() => 0.1), pid });
    store.lease.take({ holder, nowMs: clock.wallMs(), staleBeforeMs: 0 });
    await writeAddress(storePath, { url: 'http://127.0.0.1:7310', token: 'never-shown', pid });
    const refused = await take().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'E_SERVE_RUNNING' });
    expect(String(refused)).toContain(`process ${pid}`);
    expect(String(refused)).toContain('http://127.0.0.1:7310');
    expect(String(refused)).not.toContain('never-shown');
  });

  it('refuses when a holder of another machine shows that it lives', async () => {
    const holder = encodeHolder({ ...ownHolder(() => 0.1), host: 'elsewhere' });
    const renew = () => store.lease.take({ holder, nowMs: clock.wallMs(), staleBeforeMs: 0 });
    renew();
    const waiting = take().catch((error: unknown) => error);
    await clock.advance(4_000);
    renew();
    await clock.advance(1_000);
    expect(await waiting).toMatchObject({ code: 'E_SERVE_RUNNING' });
  });

  it('waits for a holder of another machine that shows no life, even when the clock was set back', async () => {
    const holder = encodeHolder({ ...ownHolder(() => 0.1), host: 'elsewhere' });
    store.lease.take({ holder, nowMs: clock.wallMs(), staleBeforeMs: 0 });
    clock.step(-3_600_000);
    let lease: Awaited<ReturnType<typeof take>> | undefined;
    void take().then((taken) => (lease = taken));
    await clock.advance(15_000);
    expect(lease).toBeUndefined();
    await clock.advance(10_000);
    expect(lease?.renew()).toBe(true);
  });

  it('says when another has taken over meanwhile', async () => {
    const lease = await take(0.1);
    await clock.advance(30_000);
    const other = encodeHolder({ ...ownHolder(() => 0.9), host: 'elsewhere' });
    expect(store.lease.take({ holder: other, nowMs: clock.wallMs(), staleBeforeMs: 1_010_000 })).toBe(true);
    expect(lease.renew()).toBe(false);
    lease.release();
    expect(store.lease.current()?.holder).toBe(other);
  });
});
