import type { Assessment } from '../../../core/assessment.ts';
import type { Diagnostic } from '../../../core/report.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import type { Reading } from '../../_shared/database/reading.ts';
import type { StatementWindow } from '../../_shared/database/statements.ts';
import type { LiveFacts } from '../analyze/facts.ts';
import type { LiveContext } from './live-state.ts';
import { openLive } from './open-live.ts';
import { activityLook, sampleSessions, type Sampling } from './sessions.ts';

export interface Look {
  facts: LiveFacts;
  assess: () => Assessment;
  /** What statements did meanwhile. */
  statements: Reading<StatementWindow>;
  advice: Diagnostic[];
}

/** A short look: counters before and after, and samples of the sessions between. */
export async function look(ctx: LiveContext, database: OpenDatabase, sampling: Sampling): Promise<Look> {
  const reader = await openLive(ctx, database);
  const before = await reader.state({ waits: [], looks: [], before: null });
  const first = await reader.statements();
  const { waits, looks } = await sampleSessions(ctx, reader, sampling);
  const statements = first.until(await reader.statements());
  const last = await reader.sessions();
  const { facts, assess, advice } = await reader.state({
    waits,
    looks: [
      ...looks.slice(0, 1),
      ...(last.known ? [activityLook(ctx.clock.wallMs(), last.value)] : looks.slice(1)),
    ],
    before,
  });
  return { facts, assess, statements, advice: [...advice] };
}
