import { z } from 'zod';
import { planHash } from '../scenario/plan-hash.ts';
import type { MadePlan } from '../scenario/plan-request.ts';
import { TOOL } from '../rules.ts';
import type { CommandContext } from '../../context.ts';

const KIND = 'capacity';
const LOOK_BACK_MS = 90 * 86_400_000;

const documentSchema = z.object({
  /** Of the scenarios: another mix has another capacity. */
  plan: z.string(),
  p95Ms: z.number(),
  meets: z.number().nullable(),
  breaks: z.number().nullable(),
  knee: z.number().nullable(),
  breaking: z.number().nullable(),
  confirmed: z.boolean(),
});
export type CapacityDocument = Omit<z.infer<typeof documentSchema>, 'plan'>;
export type EarlierCapacity = { atMs: number; meets: number; p95Ms: number };

type HistoryWorld = Pick<CommandContext, 'store' | 'clock'>;

/** What the same scenarios at the same target took before, in time order; rates that were held only. */
export function capacityHistory({ store, clock }: HistoryWorld, made: MadePlan): EarlierCapacity[] {
  const nowMs = clock.wallMs();
  const key = { tool: TOOL, subject: made.target.name, kind: KIND };
  return store.observations
    .list(key, { fromMs: nowMs - LOOK_BACK_MS, toMs: nowMs })
    .flatMap(({ atMs, document }) => {
      const parsed = documentSchema.safeParse(document);
      if (!parsed.success || parsed.data.plan !== scenariosHash(made)) return [];
      const { meets, confirmed, p95Ms } = parsed.data;
      return meets === null || !confirmed ? [] : [{ atMs, meets, p95Ms }];
    });
}

export function keepCapacity(
  { store, clock }: HistoryWorld,
  made: MadePlan,
  document: CapacityDocument,
): void {
  store.observations.add({
    tool: TOOL,
    subject: made.target.name,
    kind: KIND,
    atMs: clock.wallMs(),
    document: { ...document, plan: scenariosHash(made) },
  });
}

/** Whatever load the scenario asks for by itself, the search makes its own. */
function scenariosHash({ plan }: MadePlan): string {
  return planHash({ ...plan, model: { kind: 'users', stages: [] } });
}
