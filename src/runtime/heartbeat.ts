import { z } from 'zod';
import { RearguardError } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import type { RunResult } from './envelope.ts';
import { formatMoment } from './moments.ts';
import { ownCommand } from './own-command.ts';
import type { Runtime } from './runtime.ts';

export const heartbeatDataSchema = z.object({
  heartbeat: z.string(),
  at: z.iso.datetime(),
  /** Without another one by then it is missing. */
  nextBy: z.iso.datetime(),
});

/** Something that must report regularly has reported. Throws E_USAGE for a name that the config does not have. */
export function reportHeartbeat(runtime: Runtime, name: string): Promise<RunResult> {
  return ownCommand(runtime, 'heartbeat', () => {
    const { heartbeats } = runtime.config.alerts;
    const names = heartbeats.map((heartbeat) => heartbeat.name);
    const heartbeat = heartbeats.find((each) => each.name === name);
    if (heartbeat === undefined) {
      throw new RearguardError('E_USAGE', {
        message: `There is no heartbeat ${JSON.stringify(name)}.${didYouMean(name, names)}`,
        hint:
          names.length > 0
            ? `The config has ${names.join(', ')}.`
            : 'Name what must report under `alerts.heartbeats`.',
      });
    }
    const atMs = runtime.clock.wallMs();
    runtime.openStore().heartbeats.beat(name, atMs);
    const nextByMs = atMs + heartbeat.every + heartbeat.grace;
    return {
      status: 'pass',
      summary: `${name} has reported; the next time is expected by ${formatMoment(nextByMs)}.`,
      data: {
        heartbeat: name,
        at: new Date(atMs).toISOString(),
        nextBy: new Date(nextByMs).toISOString(),
      },
    };
  });
}
