import { existsSync } from 'node:fs';
import { makeOwnFolder } from '../../platform/own-folder.ts';
import type { Progress } from '../../tools/context.ts';
import { workspaceLayout } from '../../workspace/layout.ts';
import { knownModules, rememberModules } from './known-modules.ts';
import { tryModule, type Verdict } from './trial.ts';

/** Each is a Node of some 100 MB; two hang no longer than one does. */
const MAX_AT_ONCE = 4;

/**
 * Which of these modules (absolute paths) must not be imported into this process, by path and with the reason: those that do not come back from
 * being loaded. Whether one does is tried once, in a process of its own, and remembered in `.rearguard` until one of its files, this
 * program or Node changes; `again` tries all the same. That takes a moment, so `progress` is told. Processes that meet a module at once each try it, and learn the same.
 */
export async function refusedModules(
  modules: readonly string[],
  root: string,
  limitMs: number,
  { again = false, progress }: { again?: boolean; progress?: Progress | undefined } = {},
): Promise<ReadonlyMap<string, string>> {
  if (modules.length === 0) return new Map();
  const reasons = new Map(again ? [] : await knownModules(modules, root));
  // One that is not there is quickly told by whoever imports it.
  const unknown = modules.filter((module) => !reasons.has(module) && existsSync(module));
  if (unknown.length > 0) {
    const learned = await tryAll(unknown, root, limitMs, (done) =>
      progress?.(done, unknown.length, 'own tools that are new or changed'),
    );
    for (const [module, { reason }] of learned) reasons.set(module, reason);
    await rememberModules(learned, root);
  }
  return new Map([...reasons].filter((pair): pair is [string, string] => pair[1] !== null));
}

/** Each in a process of its own, so that none is blamed for another. */
async function tryAll(
  modules: readonly string[],
  root: string,
  limitMs: number,
  onDone: (done: number) => void,
): Promise<Map<string, Verdict>> {
  const { local, compiled } = workspaceLayout(root);
  try {
    makeOwnFolder(local);
  } catch {
    // Then nothing is kept.
  }
  const waiting = [...modules];
  const verdicts = new Map<string, Verdict>();
  onDone(0);
  const next = async (): Promise<void> => {
    for (let module = waiting.shift(); module !== undefined; module = waiting.shift()) {
      verdicts.set(module, await tryModule(module, compiled, limitMs));
      onDone(verdicts.size);
    }
  };
  await Promise.all(Array.from({ length: MAX_AT_ONCE }, next));
  return verdicts;
}
