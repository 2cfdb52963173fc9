import { z } from 'zod';
import { durationSchema, sizeSchema } from '../../core/schemas.ts';
import { structureOptions } from './options-structure.ts';

const share = (fallback: number, description: string) =>
  z.number().gt(0).lte(1).default(fallback).describe(description);
const count = (fallback: number, description: string) =>
  z.int().min(1).default(fallback).describe(description);

/** This tool's section of the config. */
export const trackerOptionsSchema = z.strictObject({
  interval: durationSchema('In watch: time between two looks at a database', '10s'),
  statementTimeout: durationSchema('Longest that one read from a database may take', '5s'),
  connections: z
    .strictObject({
      highShare: share(0.8, 'Share of the usable connections that gives a high finding'),
      criticalShare: share(0.95, 'Share that gives a critical finding'),
      leakIdle: durationSchema('Time after which an idle session counts as not given back', '30s'),
      leakSessions: count(5, 'Such sessions of one application, and their growth, that make a leak'),
    })
    .prefault({}),
  transactions: z
    .strictObject({
      idle: durationSchema('Idle time within a transaction that gives a finding', '30s'),
      long: durationSchema('Age of a working transaction that gives a finding', '10m'),
      xminAge: count(1_000_000, 'Transactions that the horizon of vacuum may be behind'),
    })
    .prefault({}),
  blocking: z
    .strictObject({
      wait: durationSchema('Wait for a lock of another session that gives a finding', '2s'),
      criticalVictims: count(10, 'Sessions that wait in one chain for a critical finding'),
    })
    .prefault({}),
  waits: z
    .strictObject({
      share: share(0.5, 'Share of the active time that one kind of wait takes'),
      sessions: z
        .number()
        .positive()
        .default(2)
        .describe('Sessions that are in this wait on average, at least'),
    })
    .prefault({}),
  replication: z
    .strictObject({
      lag: durationSchema('Time that a standby may be behind', '30s'),
      lagSize: sizeSchema('Log that a standby may still have to replay', '256MB'),
      retained: sizeSchema('Log that a replication slot may keep', '1GB'),
    })
    .prefault({}),
  ...structureOptions,
});
export type TrackerOptions = z.infer<typeof trackerOptionsSchema>;
