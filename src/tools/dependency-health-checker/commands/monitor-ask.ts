import { reasonOf } from '../../../core/errors.ts';
import type { ProbeResult } from '../../../platform/probe/types.ts';
import { causesOf } from '../analyze/causes.ts';
import { probeOnce } from '../collect/round.ts';
import { storeResults } from '../collect/samples.ts';
import type { MonitoredDependency } from '../collect/select.ts';
import type { CommandContext } from '../../context.ts';
import type { DependencyOptions } from '../options.ts';
import type { MonitorSession } from './monitor-session.ts';

/** When hundreds fail together, asking some at once says enough; the others have slots of their own. */
const MAX_ASKING = 20;
const MAX_TRIES = 3;

/**
 * What cannot wait for its slot: the causes of what just failed, so that the one to blame is known within a deadline,
 * and a second look at what seems to be back. The answers are folded in with the next tick and never count as uptime.
 */
export function askAtOnce(
  ctx: CommandContext<DependencyOptions>,
  session: MonitorSession,
  results: readonly ProbeResult[],
  signal: AbortSignal,
): void {
  if (signal.aborted) return;
  for (const result of results) {
    const state = session.live.get(result.id)?.state.state;
    if (result.suspect || result.cold.cause === 'cancelled' || state === undefined) continue;
    if (result.cold.success) {
      if (state === 'down' || state === 'unknown') ask(ctx, session, result.id, signal);
    } else if (!session.undecided.has(result.id) && isNews(session, result)) {
      const causes = causesOf(session.selection.causes, result.id).filter(
        (name) => isOpen(session, name) && ask(ctx, session, name, signal),
      );
      if (causes.length > 0) session.undecided.set(result.id, causes);
    }
  }
}

/** The failure with which the present state began. */
function isNews({ live }: MonitorSession, { id, startedAtMs }: ProbeResult): boolean {
  const state = live.get(id)?.state;
  return state?.state === 'down' && state.sinceMs === startedAtMs;
}

/** Not known to be down, and to be asked by a probe. */
function isOpen({ live, byName }: MonitorSession, name: string): boolean {
  return byName.get(name)?.plan.kind !== 'domain' && live.get(name)?.state.state !== 'down';
}

/** Whether an answer will come. */
function ask(
  ctx: CommandContext<DependencyOptions>,
  session: MonitorSession,
  name: string,
  signal: AbortSignal,
): boolean {
  const monitored = session.byName.get(name);
  if (session.asking.has(name)) return true;
  if (monitored === undefined || session.asking.size >= MAX_ASKING) return false;
  const answer = usableAnswer(ctx, monitored, signal)
    .then((results) => {
      storeResults(ctx.store, session.byName, results, () => 0);
      session.answers.push(...results);
    })
    .catch((error: unknown) => {
      if (!signal.aborted) ctx.log.warn(`asking ${name} failed: ${reasonOf(error)}`);
    })
    .finally(() => session.asking.delete(name));
  session.asking.set(name, answer);
  return true;
}

/** Asked again while this machine was too busy to measure: somebody waits for the answer. */
async function usableAnswer(
  ctx: CommandContext<DependencyOptions>,
  { name, plan }: MonitoredDependency,
  signal: AbortSignal,
): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const result = (await probeOnce(ctx, [plan], signal)).get(name);
    if (result !== undefined) results.push(result);
    if (result?.suspect !== true) break;
  }
  return results;
}

/** Those whose causes have all answered by now; they may be judged. */
export function takeDecided({ undecided, asking }: MonitorSession): string[] {
  const decided = [...undecided]
    .filter(([, causes]) => causes.every((cause) => !asking.has(cause)))
    .map(([name]) => name);
  for (const name of decided) undecided.delete(name);
  return decided;
}
