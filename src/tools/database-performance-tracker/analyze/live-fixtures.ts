import type { Assessment } from '../../../core/assessment.ts';
import type { LockNode } from '../../_shared/database/locks.ts';
import type { Backend } from '../../_shared/database/postgres/activity.ts';
import { known } from '../../_shared/database/reading.ts';
import { trackerOptionsSchema } from '../options.ts';
import { TOOL } from '../rules.ts';
import { NO_HISTORY } from './connection-history.ts';
import type { LiveFacts, LiveServer } from './facts.ts';
import { profileWaits, waitSample } from './wait-profile.ts';

/** For the tests of the live rules: a quiet server, and sessions of it. */

export const OPTIONS = trackerOptionsSchema.parse({});
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
export const SECOND = 1_000;
export const MINUTE = 60_000;

export const SERVER: LiveServer = {
  version: '18.4',
  startedAtMs: NOW - 86_400_000,
  inRecovery: false,
  database: 'shop',
  user: 'rearguard',
  maxConnections: 100,
  reservedConnections: 3,
};

let nextPid = 1_000;

export function backend(parts: Partial<Backend> = {}): Backend {
  nextPid += 1;
  return {
    pid: nextPid,
    leaderPid: null,
    type: 'client backend',
    database: 'shop',
    user: 'shop',
    application: 'shop-web',
    client: '10.0.0.7',
    state: 'idle',
    connectedMs: 10 * MINUTE,
    stateMs: 2 * SECOND,
    transactionMs: null,
    queryMs: null,
    waitType: null,
    waitEvent: null,
    xminAge: null,
    xidAge: null,
    queryId: null,
    text: 'select 1',
    own: false,
    ...parts,
  };
}

export function backends(count: number, parts: (index: number) => Partial<Backend> = () => ({})): Backend[] {
  return Array.from({ length: count }, (_, index) => backend(parts(index)));
}

/** A session of a chain; `victims` are counted. */
export function lockNode(parts: Partial<LockNode> = {}): LockNode {
  const victims = parts.victims ?? [];
  return {
    pid: 1,
    gid: null,
    application: 'shop-worker',
    user: 'shop',
    database: 'shop',
    client: 'local',
    backendType: 'client backend',
    state: 'active',
    stateMs: 0,
    transactionMs: 5 * SECOND,
    text: 'update orders set total = 1',
    own: false,
    wait: null,
    amplifier: false,
    victimCount: victims.reduce((sum, victim) => sum + 1 + victim.victimCount, 0),
    ...parts,
    victims,
  };
}

export function waitingFor(mode: string, waitingMs: number): NonNullable<LockNode['wait']> {
  return {
    mode,
    lockType: 'relation',
    object: 'public.orders',
    waitingMs,
    heldMode: 'RowExclusiveLock',
    soft: false,
    alsoBlockedBy: [],
  };
}

export function forestOf(...roots: LockNode[]): LiveFacts['forest'] {
  const victims = roots.reduce((sum, { victimCount }) => sum + victimCount, 0);
  return known({ roots, cycles: [], victims, longestWaitMs: null });
}

/** Nothing is wrong in it. */
export function quietFacts(parts: Partial<LiveFacts> = {}): LiveFacts {
  const sessions = backends(8);
  return {
    target: 'shop-db',
    atMs: NOW,
    dialect: 'postgresql',
    server: SERVER,
    activity: known(sessions),
    forest: forestOf(),
    replication: known({ senders: [], receiver: null, replayLagMs: null, replayLagBytes: null }),
    slots: known([]),
    xminHolders: known([]),
    progress: known([]),
    deadlocks: known({ count: 0, overMs: 10 * MINUTE }),
    waits: profileWaits(Array.from({ length: 20 }, (_, index) => waitSample(NOW + index * 100, sessions))),
    looks: [],
    history: NO_HISTORY,
    ...parts,
  };
}

/** `rule severity`, without the name of the tool. */
export function reported({ findings }: Assessment): string[] {
  return findings.map(({ rule, severity }) => `${rule.replace(`${TOOL}/`, '')} ${severity}`);
}

/** Rules that came to a verdict, and those that could not. */
export function verdicts({ checked, notChecked }: Assessment): { checked: string[]; notChecked: string[] } {
  const short = (id: string): string => id.replace(`${TOOL}/`, '');
  return {
    checked: checked.map(({ rule }) => short(rule.id)),
    notChecked: notChecked.flatMap(({ rules }) => (rules ?? []).map(short)),
  };
}
