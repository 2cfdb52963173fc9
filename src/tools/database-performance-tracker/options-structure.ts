import { z } from 'zod';
import { durationSchema, sizeSchema } from '../../core/schemas.ts';

const share = (fallback: number, description: string) =>
  z.number().gt(0).lte(1).default(fallback).describe(description);
const times = (fallback: number, description: string) =>
  z.number().gt(1).default(fallback).describe(description);
const count = (fallback: number, description: string) =>
  z.int().min(1).default(fallback).describe(description);

/** The sections about statements, storage and indexes. */
export const structureOptions = {
  statements: z
    .strictObject({
      slow: durationSchema('Mean time of a statement that gives a finding', '50ms'),
      slowShare: share(0.02, 'Share of the time of all statements that a slow one takes at least'),
      slowCalls: count(3, 'Calls in the window that a slow one has at least'),
      regressionFactor: times(1.5, 'How many times slower per call a regression is at least'),
      regressionTime: durationSchema('How much slower per call it is at least', '1ms'),
      spill: sizeSchema('Temporary files of one call that give a finding', '1MB'),
      plans: count(20, 'Statements whose plans are captured, by the time they take'),
    })
    .prefault({}),
  storage: z
    .strictObject({
      missShare: share(0.1, 'Share of the pages of a table that were not in the cache in the window'),
      missRate: sizeSchema('How much of a table is read into the cache each second, at least', '512kB'),
      deadRows: count(10_000, 'Dead rows below which a table owes no vacuum'),
      bloatShare: share(0.5, 'Share of the file of a table that is empty or dead'),
      bloatSize: sizeSchema('How much of it is empty or dead, at least', '10MB'),
      freshStatistics: share(0.2, 'Share of the rows that may have changed before an estimate is none'),
      staleRows: count(1_000, 'Rows below which old statistics of a table do no harm'),
      keyLowShare: share(0.8, 'Share of the numbers of a key that are used for a low finding'),
      keyHighShare: share(0.9, 'Share for a high finding'),
      keyCriticalShare: share(0.98, 'Share for a critical finding'),
    })
    .prefault({}),
  indexes: z
    .strictObject({
      unusedAfter: durationSchema(
        'Age of the counters from which an index without scans counts as unused',
        '30d',
      ),
      unusedSize: sizeSchema('Size below which an unused index is not worth a word', '1MB'),
      foreignKeyRows: count(10_000, 'Rows of a referencing table below which a missing index is not felt'),
    })
    .prefault({}),
};
