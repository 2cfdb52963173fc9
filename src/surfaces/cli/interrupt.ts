import { RearguardError } from '../../core/errors.ts';
import type { CliIo } from './spec.ts';

/**
 * The first Ctrl-C (or SIGTERM) asks the command to stop and to show what it has; the second ends the process at once.
 * `stop()` takes the handlers away again.
 */
export function watchInterrupts(
  stderr: CliIo['stderr'],
  announce: boolean,
): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    if (announce) stderr.write('\nStopping; press Ctrl-C again to leave at once.\n');
    controller.abort(new RearguardError('E_INTERRUPTED'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    stop() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
