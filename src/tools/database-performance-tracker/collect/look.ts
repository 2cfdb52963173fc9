import { windowOf } from '../../_shared/database/delta.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { readTopic } from '../../_shared/database/postgres/read-snapshot.ts';
import { statementsReader } from '../../_shared/database/postgres/statements.ts';
import { known, type Reading } from '../../_shared/database/reading.ts';
import type { StatementWindow } from '../../_shared/database/statements.ts';
import type { Diagnostic } from '../../../core/report.ts';
import type { CommandContext } from '../../context.ts';
import type { LiveFacts } from '../analyze/facts.ts';
import { liveFacts, readLive, roleAdvice, sameEpoch } from './live.ts';
import { activityLook, sampleSessions, type Sampling } from './sessions.ts';

export interface Look {
  facts: LiveFacts;
  /** What statements did meanwhile. */
  statements: Reading<StatementWindow>;
  advice: Diagnostic[];
}

/** A short look: counters before and after, and samples of the sessions between. */
export async function look(
  ctx: Pick<CommandContext, 'clock' | 'random' | 'signal' | 'store'>,
  database: OpenDatabase,
  sampling: Sampling,
): Promise<Look> {
  const { session, target } = database;
  const { clock } = ctx;
  const before = await readLive(database, clock.wallMs());
  const { server } = before;
  const first = await readTopic(session, server, statementsReader, clock.wallMs());
  const sampled = await sampleSessions(ctx, session, server, sampling);
  const second = first.known ? await readTopic(session, server, statementsReader, clock.wallMs()) : first;
  const after = await readLive(database, clock.wallMs());
  const { activity } = after.parts;
  const facts = liveFacts(ctx, database, after, {
    waits: sampled.waits,
    looks: [
      ...sampled.looks.slice(0, 1),
      ...(activity.known ? [activityLook(after.takenAtMs, activity.value)] : []),
    ],
    before: sameEpoch(before, after),
  });
  const statements = !first.known
    ? first
    : !second.known
      ? second
      : known(windowOf([first.value, second.value]));
  return { facts, statements, advice: roleAdvice(target.name, server) };
}
