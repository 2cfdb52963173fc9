import { openStore } from '../../src/store/open.ts';
import { DEFAULT_RETENTION } from '../../src/store/store-fixture.ts';
import { integrityOf, wholeBatches } from './store-check.ts';
import { startWriter } from './store-processes.ts';
import { findingDraft } from './store-work.ts';

export interface KillOutcome {
  rounds: number;
  /** Rounds in which the writer was at work when it was killed. */
  killed: number;
  opened: number;
  acknowledged: number;
  lost: number;
  /** Batches of which a part was there. */
  torn: number;
  intact: number;
  /** Findings that were missing or had another id, over all rounds. */
  idsChanged: number;
}

const T0 = 1_780_000_000_000;
/** More than any round gets to. */
const BATCHES = 1_000_000;

/** Kills a writer in the midst of its work, again and again on one store, and looks after each time at all that is in it. */
export async function killRounds(path: string, rounds: number, random: () => number): Promise<KillOutcome> {
  const outcome: KillOutcome = {
    rounds,
    killed: 0,
    opened: 0,
    acknowledged: 0,
    lost: 0,
    torn: 0,
    intact: 0,
    idsChanged: 0,
  };
  const expectedIds = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    const name = `writer-${round}`;
    const writer = startWriter({ path, writer: name, batches: BATCHES, startMs: T0 });
    writer.killAfter(1 + Math.floor(random() * 150));
    const { acknowledged, signal } = await writer.finished;
    if (signal === 'SIGKILL') outcome.killed += 1;
    outcome.acknowledged += acknowledged;
    expectedIds.add(findingDraft(name).id);

    const store = openStore({ path, retention: DEFAULT_RETENTION });
    outcome.opened += 1;
    const kept = wholeBatches(store, name);
    if (kept === null) outcome.torn += 1;
    else outcome.lost += Math.max(0, acknowledged - kept);
    const ids = new Set(store.findings.list().map((finding) => finding.id));
    outcome.idsChanged +=
      [...expectedIds].filter((id) => !ids.has(id)).length + (ids.size - expectedIds.size);
    store.close();
    if (integrityOf(path) === 'ok') outcome.intact += 1;
  }
  return outcome;
}
