import { z } from 'zod';
import { durationSchema, optionalDurationSchema } from '../../../core/schemas.ts';
import { linkSignals } from '../../../platform/abort.ts';
import type { CommandContext } from '../../context.ts';
import { defineCommand, type LiveView, type ReportDraft } from '../../define.ts';
import { latestIncident } from '../collect/incident-log.ts';
import { lookAtIncident, recentChanges, standingChain } from '../collect/incident.ts';
import { closeAll, type KeptDatabase, keepOpen, lookWith, selectServers } from '../collect/keep-open.ts';
import type { TrackerOptions } from '../options.ts';
import { changesBetween } from './incident-changes.ts';
import { incidentReport } from './incident-report.ts';
import { type IncidentScene, incidentSchema, incidentScreen } from './incident-view.ts';
import { targetInput } from './inputs.ts';

const input = z.strictObject({
  target: targetInput,
  for: optionalDurationSchema(
    'Look again and again for this long; default: until Ctrl-C where a person watches, else one look',
  ),
  interval: durationSchema('Time between two looks', '2s'),
  once: z.boolean().optional().describe('One look, then the report, also on a terminal'),
});

const data = z.object({ databases: z.array(incidentSchema) });

/** Short enough for an answer within two seconds of the start. */
const SAMPLING = { forMs: 300, everyMs: 60 };
/** What a watch saw is news for this long. */
const WITNESS_MS = 5 * 60_000;

type Context = CommandContext<TrackerOptions>;

export const incidentMode = defineCommand<typeof input, typeof data, TrackerOptions>({
  summary: 'Who holds up whom right now: the root blocker, its victims, what changed and what ends it',
  input,
  data,
  effect: 'read',
  examples: [
    {
      line: 'rearguard db incident-mode',
      does: 'a refreshing view until Ctrl-C; one look where nobody watches',
    },
    { line: 'rearguard db incident-mode --once --target shop-db', does: 'one look at one database' },
    {
      line: 'rearguard db incident-mode --for 10m --interval 5s --json',
      does: 'changes as JSON lines for ten minutes',
    },
  ],
  async *run(ctx, { target, for: limitMs, interval, once }): AsyncGenerator<LiveView, ReportDraft, void> {
    const { servers, notChecked } = selectServers(ctx.targets, target);
    const kept = servers.map(keepOpen);
    const isLive = once !== true && (ctx.watched || limitMs !== undefined);
    // What stood when somebody looked last, to be able to say that it is over.
    const standing = new Map(kept.map(({ target: { name } }) => [name, standingChain(ctx.store, name)]));
    const stop = linkSignals([ctx.signal], limitMs);
    let scenes: IncidentScene[] = [];
    try {
      scenes = await lookAtAll(ctx, kept, scenes);
      for (;;) {
        if (!isLive || stop.signal.aborted) break;
        const shown = scenes;
        yield {
          changes: shown.flatMap(({ changes }) => changes),
          sections: () => incidentScreen(shown, recentChanges(ctx.store, ctx.clock.wallMs()), standing),
        };
        await ctx.clock.sleep(interval, stop.signal).catch(() => undefined);
        if (!stop.signal.aborted) scenes = await lookAtAll(ctx, kept, scenes);
      }
    } catch (error) {
      // Told to stop in the middle of a look: what was seen before stands.
      if (!ctx.signal.aborted) throw error;
    } finally {
      stop.dispose();
      await closeAll(kept);
    }
    return incidentReport(scenes, recentChanges(ctx.store, ctx.clock.wallMs()), standing, notChecked);
  },
});

function lookAtAll(
  ctx: Context,
  kept: readonly KeptDatabase[],
  before: readonly IncidentScene[],
): Promise<IncidentScene[]> {
  return Promise.all(
    kept.map(async (one): Promise<IncidentScene> => {
      const { name } = one.target;
      const earlier = before.find(({ target }) => target === name)?.look ?? null;
      const look = await lookWith(ctx, one, (database) => lookAtIncident(ctx, database, SAMPLING, earlier));
      const atMs = ctx.clock.wallMs();
      return {
        target: name,
        look,
        failure: one.failure,
        witness: look === null ? latestIncident(ctx.store, name, atMs - WITNESS_MS) : null,
        changes: changesBetween(name, earlier?.facts ?? null, look?.facts ?? null, atMs),
      };
    }),
  );
}
