import { RearguardError, toRearguardError } from '../../core/errors.ts';
import { type Generation, startGeneration, type Told } from './generation.ts';
import type { LoadedGeneration, ServeAccess } from './load-generation.ts';
import type { ConfigState } from './status.ts';

/** A stop ends within five seconds. */
const STOP_GRACE_MS = 4_500;
/** Longer than anything takes to end, so that no message is sent by two generations. */
const RELOAD_GRACE_MS = 10_000;

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
  let isStopped = false;
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
    if (isStopped) return;
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
    generation = await startGeneration(next, told);
    isReloading = false;
    state = { loadedAtMs: clock.wallMs(), reloads: state.reloads + 1, error: null };
    log.info(`The config was reloaded: ${next.runtime.config.path ?? ''}`);
  }

  return {
    current: () => generation,
    state: () => ({ ...state, isReloading }),
    reload: () => (reloading = reloading.then(reloadOnce)),
    async stop() {
      isStopped = true;
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
