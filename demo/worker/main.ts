import type { ServerFaultName } from '../database-faults.ts';
import { serve } from '../control.ts';
import { createHands, type HandsAtWork } from './hands.ts';
import { SERVER_FAULTS } from './server-faults.ts';

export interface WorkerSettings {
  /** Of the owner: it changes the schema as a migration would. */
  databaseUrl: string;
}

const EXPIRED_SESSIONS_EVERY_MS = 20_000;

let databaseUrl = '';
let housekeeping: HandsAtWork | undefined;
const active = new Map<ServerFaultName, HandsAtWork>();

/** The shop's background worker: it forgets expired sessions, and does what its faults make of it. */
serve<WorkerSettings, null>({
  async start(settings) {
    databaseUrl = settings.databaseUrl;
    for (const name of faultNames()) await heal(name);
    const hands = createHands(databaseUrl);
    housekeeping = hands;
    const client = await hands.connect();
    hands.every(EXPIRED_SESSIONS_EVERY_MS, async () => {
      await client.query('delete from sessions where expires_at < now()');
    });
    return null;
  },
  async setFaults(names) {
    // What is switched off goes first: two faults may be about the same table.
    for (const name of [...active.keys()].filter((each) => !names.has(each))) await switchOff(name);
    for (const name of faultNames().filter((each) => names.has(each) && !active.has(each))) {
      const hands = createHands(databaseUrl);
      active.set(name, hands);
      await SERVER_FAULTS[name].plant(hands);
    }
  },
  async stop() {
    for (const name of active.keys()) await switchOff(name);
    await housekeeping?.release();
  },
});

function faultNames(): ServerFaultName[] {
  return Object.keys(SERVER_FAULTS) as ServerFaultName[];
}

async function switchOff(name: ServerFaultName): Promise<void> {
  await active.get(name)?.release();
  active.delete(name);
  await heal(name);
}

async function heal(name: ServerFaultName): Promise<void> {
  const statements = SERVER_FAULTS[name].heal;
  if (statements === undefined) return;
  const hands = createHands(databaseUrl);
  try {
    for (const sql of statements) await hands.run(sql);
  } finally {
    await hands.release();
  }
}
