import { z } from 'zod';
import type { Backend } from '../../_shared/database/postgres/activity.ts';
import type { Reading } from '../../_shared/database/reading.ts';
import { chainRows } from '../analyze/chain-rows.ts';
import { type ConnectionUse, countConnections, forecastLimit } from '../analyze/connections.ts';
import type { LiveFacts } from '../analyze/facts.ts';
import { applicationOf } from '../analyze/sessions.ts';
import type { WaitProfile } from '../analyze/wait-profile.ts';
import { busySessions, sinceMs } from './live-blocks.ts';

/** What the live commands say of one database, as data. null: it could not be read; coverage says why. */

export const connectionsSchema = z.object({
  limit: z.int(),
  reserved: z.int(),
  usable: z.int(),
  used: z.int(),
  growthPerHour: z.number().nullable(),
  limitInMs: z.number().nullable(),
  applications: z.array(
    z.object({
      application: z.string(),
      user: z.string().nullable(),
      total: z.int(),
      active: z.int(),
      idle: z.int(),
      idleInTransaction: z.int(),
    }),
  ),
});

export const waitsSchema = z.object({
  samples: z.int(),
  overMs: z.number(),
  averageActive: z.number(),
  waits: z.array(
    z.object({ type: z.string(), event: z.string().nullable(), average: z.number(), share: z.number() }),
  ),
});

/** Chains flat and in order: each root, then its victims, the longest wait first, each before its own. */
export const chainsSchema = z.array(
  z.object({
    pid: z.int(),
    waitsForPid: z.int().nullable(),
    gid: z.string().nullable(),
    depth: z.int(),
    application: z.string().nullable(),
    user: z.string().nullable(),
    database: z.string().nullable(),
    state: z.string().nullable(),
    transactionMs: z.number().nullable(),
    stateMs: z.number().nullable(),
    waitingMs: z.number().nullable(),
    wantedMode: z.string().nullable(),
    heldMode: z.string().nullable(),
    object: z.string().nullable(),
    soft: z.boolean(),
    amplifier: z.boolean(),
    victims: z.int(),
    text: z.string().nullable(),
  }),
);

export const runningSchema = z.array(
  z.object({
    pid: z.int(),
    application: z.string(),
    user: z.string().nullable(),
    state: z.string().nullable(),
    forMs: z.number(),
    wait: z.string().nullable(),
    text: z.string().nullable(),
  }),
);

const MAX_RUNNING = 50;

export function connectionsData(facts: LiveFacts): z.infer<typeof connectionsSchema> | null {
  const use = connectionUse(facts);
  if (use === null) return null;
  const forecast = forecastLimit(use, facts.history.used);
  const { limit, reserved, usable, used, applications } = use;
  return {
    limit,
    reserved,
    usable,
    used,
    growthPerHour: forecast?.perHour ?? null,
    limitInMs: forecast?.limitInMs ?? null,
    applications: [...applications],
  };
}

export function connectionUse({ server, activity }: LiveFacts): ConnectionUse | null {
  return activity.known ? countConnections(server, activity.value) : null;
}

export function waitsData(profile: WaitProfile | null): z.infer<typeof waitsSchema> | null {
  return profile === null ? null : { ...profile, waits: [...profile.waits] };
}

export function chainsData({ forest }: LiveFacts): z.infer<typeof chainsSchema> | null {
  return forest.known ? chainRows(forest.value) : null;
}

export function runningData(activity: Reading<readonly Backend[]>): z.infer<typeof runningSchema> | null {
  if (!activity.known) return null;
  return busySessions(activity.value)
    .slice(0, MAX_RUNNING)
    .map((session) => ({
      pid: session.pid,
      application: applicationOf(session),
      user: session.user,
      state: session.state,
      forMs: sinceMs(session),
      wait: session.waitType === null ? null : `${session.waitType}:${session.waitEvent ?? ''}`,
      text: session.text,
    }));
}
