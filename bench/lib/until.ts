import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;

/** Looks again and again until something is seen; throws the complaint when patience ends. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  patienceMs: number,
  complaint: () => string,
): Promise<T> {
  const giveUpAtMs = performance.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > giveUpAtMs) throw new Error(complaint());
    await sleep(LOOK_EVERY_MS);
  }
}
