import type { LoadPlan } from '../../../core/load/plan.ts';
import type { Clock } from '../../clock.ts';
import type { PinnedOrigin } from '../bus/messages.ts';
import { compilePlan } from '../session/compile-plan.ts';
import { WIRE_PROTOCOLS } from '../wire/protocols.ts';
import { createSingleSession } from './single-session.ts';

/** What happens once before the load and once after it, in one session that is not counted. */
export interface SessionFrame {
  /**
   * Says which step failed; null when all went well. After a failure, or when it is aborted, the tear-down has been walked already.
   * Rejects with the signal's reason.
   */
  setUp(signal: AbortSignal): Promise<string | null>;
  /** The plan's constants and what the set-up extracted. */
  variables(): Readonly<Record<string, string>>;
  /** Says which step failed; the steps after it are left out. Does not end with the run's signal: what was set up is taken down. */
  tearDown(): Promise<string | null>;
}

/** Compiles the plan, so that one that cannot be run is known before anything is sent: throws E_SCENARIO_INVALID. */
export function openFrame(plan: LoadPlan, origins: readonly PinnedOrigin[], clock: Clock): SessionFrame {
  const protocols = plan.origins.map(({ protocol }) => WIRE_PROTOCOLS[protocol]);
  const compiled = compilePlan(
    plan,
    (origin, request) => {
      const { protocol, host } = new URL(plan.origins[origin]!.url);
      const { keepAlive } = plan.limits;
      return protocols[origin]!.encode(request, host, { tls: protocol === 'https:', keepAlive });
    },
    { variables: plan.variables },
  );
  const session = compiled.newSession();
  if (compiled.scenarios.length > 0) compiled.begin(session, 0);
  const walker = createSingleSession(plan, origins, protocols, clock);

  async function tearDown(): Promise<string | null> {
    const failure = await walker.walk(compiled.tearDown, session, compiled.endpoints);
    walker.close();
    return failure;
  }

  return {
    async setUp(signal) {
      try {
        const failure = await walker.walk(compiled.setUp, session, compiled.endpoints, signal);
        if (failure !== null) await tearDown();
        return failure;
      } catch (error) {
        await tearDown();
        throw error;
      }
    },
    variables: () => ({ ...plan.variables, ...compiled.extracted(session) }),
    tearDown,
  };
}
