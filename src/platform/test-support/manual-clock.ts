import type { Clock } from '../clock.ts';

/** A clock that moves only when it is told to; for tests of what depends on time. */
export interface ManualClock extends Clock {
  /** Both clocks go on; sleepers wake in their order, each at its time. */
  advance(ms: number): Promise<void>;
  /** Both clocks go on while nobody can wake; then all that is overdue wakes at once, as after SIGSTOP. */
  standStill(ms: number): Promise<void>;
  /** Somebody sets the wall clock. */
  step(ms: number): void;
}

interface Sleeper {
  wakeAtMs: number;
  wake: () => void;
}

export function createManualClock(start: { wallMs: number; monotonicMs: number }): ManualClock {
  let { wallMs, monotonicMs } = start;
  const sleepers: Sleeper[] = [];

  function pass(ms: number): void {
    wallMs += ms;
    monotonicMs += ms;
  }

  /** Wakes whoever is due, in order, and lets what follows from it happen. */
  async function wakeDue(): Promise<void> {
    await settle();
    for (let next = earliest(); next !== undefined && next.wakeAtMs <= monotonicMs; next = earliest()) {
      sleepers.splice(sleepers.indexOf(next), 1);
      next.wake();
      await settle();
    }
  }

  function earliest(): Sleeper | undefined {
    return sleepers.reduce<Sleeper | undefined>(
      (first, sleeper) => (first === undefined || sleeper.wakeAtMs < first.wakeAtMs ? sleeper : first),
      undefined,
    );
  }

  function after(ms: number, wake: () => void): () => void {
    const sleeper = { wakeAtMs: monotonicMs + ms, wake };
    sleepers.push(sleeper);
    return () => {
      const position = sleepers.indexOf(sleeper);
      if (position >= 0) sleepers.splice(position, 1);
    };
  }

  return {
    wallMs: () => wallMs,
    monotonicMs: () => monotonicMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const callOff = after(ms, resolve);
        signal?.addEventListener('abort', () => {
          callOff();
          reject(signal.reason as Error);
        });
      }),
    after,
    async advance(ms) {
      const endMs = monotonicMs + ms;
      await wakeDue();
      for (let next = earliest(); next !== undefined && next.wakeAtMs <= endMs; next = earliest()) {
        pass(Math.max(0, next.wakeAtMs - monotonicMs));
        await wakeDue();
      }
      pass(endMs - monotonicMs);
      await wakeDue();
    },
    async standStill(ms) {
      pass(ms);
      await wakeDue();
    },
    step(ms) {
      wallMs += ms;
    },
  };
}

/** Lets promise reactions run; none of ours takes more turns than this. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 24; turn += 1) await Promise.resolve();
}
