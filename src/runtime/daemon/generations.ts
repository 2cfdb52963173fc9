import { RearguardError, toRearguardError } from '../../core/errors.ts';
import { type Generation, startGeneration, type Told } from './generation.ts';
import type { LoadedGeneration, ServeAccess } from './load-generation.ts';
import { pause } from './repeat.ts';
import type { ConfigState } from './status.ts';

/** A stop ends within five seconds. */
const STOP_GRACE_MS = 4_500;
/** Longer than anything takes to end, so that no message is sent by two generations. */
const RELOAD_GRACE_MS = 10_000;
const RETRY_MS = 1_000;

/** The configuration that runs, one after the other. */
export interface Generations {
  current: () => Generation;
  state: () => ConfigState & { isReloading: boolean };
  /** A wrong config changes nothing but the state. Reloads come one after the other. */
  reload: () => Promise<void>;
  stop: () => Promise<void>;
}

export async function startGenerations(
  first: LoadedGeneration,
  told: Told,
  load: () => Promise<LoadedGeneration>,
  onAccess: (access: ServeAccess) => Promise<void>,
): Promise<Generations> {
  const { log } = told;
  const { clock } = first.runtime;
  let state: ConfigState = { loadedAtMs: clock.wallMs(), reloads: 0, error: null };
  let isReloading = false;
  const stopped = new AbortController();
  let reloading: Promise<void> = Promise.resolve();
  for (const { message } of first.leftOut) log.warn(message);
  let generation = await startGeneration(first, told);

  /** Everything that can be wrong shows before anything that runs is touched. */
  async function loadNext(): Promise<LoadedGeneration> {
    const next = await load();
    try {
      assertReplaces(next, generation);
      await onAccess(next.access);
      return next;
    } catch (thrown) {
      await next.runtime.close();
      throw thrown;
    }
  }

  async function reloadOnce(): Promise<void> {
    if (stopped.signal.aborted) return;
    let next: LoadedGeneration;
    try {
      next = await loadNext();
    } catch (thrown) {
      const error = generation.redactor.deep(toRearguardError(thrown).toReportError());
      state = { ...state, error };
      log.warn(`the config was not reloaded, the one before stays in force: ${error.message}`);
      return;
    }
    isReloading = true;
    await generation.stop(RELOAD_GRACE_MS);
    await takeOver(next);
    isReloading = false;
    state = { loadedAtMs: clock.wallMs(), reloads: state.reloads + 1, error: null };
    log.info(`The config was reloaded: ${next.runtime.config.path ?? ''}`);
  }

  /** The old one is gone: what can fail now, which is the store, is tried until it works. */
  async function takeOver(next: LoadedGeneration): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        generation = await startGeneration(next, told);
        return;
      } catch (thrown) {
        told.onFailure('reload', toRearguardError(thrown));
        await pause(clock, RETRY_MS, stopped.signal);
      }
    }
    await next.runtime.close();
  }

  return {
    current: () => generation,
    state: () => ({ ...state, isReloading }),
    reload: () => (reloading = reloading.then(reloadOnce)),
    async stop() {
      stopped.abort();
      await reloading;
      await generation.stop(STOP_GRACE_MS);
    },
  };
}

/** Refuses what a running daemon cannot change, and secrets that are missing now and were there before. */
function assertReplaces(next: LoadedGeneration, current: LoadedGeneration): void {
  const { config } = next.runtime;
  if (config.store.path !== current.runtime.config.store.path) {
    throw new RearguardError('E_CONFIG_INVALID', {
      path: config.path ?? '',
      problems: 'store.path cannot change while the daemon runs; start it again for that',
    });
  }
  const known = current.leftOut.map(({ message }) => message);
  const missing = next.leftOut.find(({ message }) => !known.includes(message));
  if (missing) throw missing;
}
