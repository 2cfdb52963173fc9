import { existsSync } from 'node:fs';
import { z } from 'zod';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { installationStamp } from '../../platform/installation.ts';
import { keepLocalCache, readLocalCache } from '../../workspace/local-cache.ts';
import { contentsOf } from './contents.ts';
import type { Verdict } from './trial.ts';

/** One that waits may wait for something that is back by then; until then not every command waits with it. */
const TRY_AGAIN_AFTER_MS = 60_000;

const rememberedSchema = z.object({
  /** Of the module's files, this program and Node. */
  key: z.string(),
  reason: z.string().nullable(),
  /** null: as long as the key is the same. */
  untilMs: z.number().nullable(),
});
/** By absolute path of the module. */
const memorySchema = z.record(z.string(), rememberedSchema);
type Memory = z.infer<typeof memorySchema>;

/** What is known of modules as they are now: `reason` as in Verdict. What was learned of other contents is left out. */
export async function knownModules(
  modules: readonly string[],
  root: string,
  clock: Pick<Clock, 'wallMs'> = systemClock,
): Promise<ReadonlyMap<string, Verdict['reason']>> {
  const memory = await readMemory(root);
  const known = modules.flatMap((module): [string, Verdict['reason']][] => {
    const remembered = memory[module];
    const isCurrent = remembered?.key === keyOf(module) && (remembered.untilMs ?? Infinity) > clock.wallMs();
    return isCurrent ? [[module, remembered.reason]] : [];
  });
  return new Map(known);
}

/**
 * Keeps what was learned of modules, beside what other processes have learned of others; modules that are gone are forgotten. Of two that do so
 * at once one may be lost, which costs no more than learning it again.
 */
export async function rememberModules(
  learned: ReadonlyMap<string, Verdict>,
  root: string,
  clock: Pick<Clock, 'wallMs'> = systemClock,
): Promise<void> {
  const nowMs = clock.wallMs();
  const fresh = [...learned].map(([module, { reason, isLasting }]): [string, Memory[string]] => {
    const forMs = reason === null ? 0 : TRY_AGAIN_AFTER_MS;
    return [module, { key: keyOf(module), reason, untilMs: isLasting ? null : nowMs + forMs }];
  });
  const all = Object.entries({ ...(await readMemory(root)), ...Object.fromEntries(fresh) });
  const there = all.filter(([module]) => existsSync(module));
  await keepLocalCache(root, 'own-tools', Object.fromEntries(there));
}

function keyOf(module: string): string {
  return `${contentsOf(module)} ${installationStamp()} ${process.version}`;
}

async function readMemory(root: string): Promise<Memory> {
  return memorySchema.safeParse(await readLocalCache(root, 'own-tools')).data ?? {};
}
