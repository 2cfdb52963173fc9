import { z } from 'zod';
import { durationSchema } from '../../core/schemas.ts';

const days = (fallback: number, description: string) =>
  z.number().positive().default(fallback).describe(description);

/** This tool's section of the config; the dependencies themselves stand under `dependencies`. */
export const dependencyOptionsSchema = z.strictObject({
  interval: durationSchema('Time between scheduled probes of a dependency', '30s'),
  timeout: durationSchema('Hard deadline of one probe, its confirmations included', '5s'),
  certificateInterval: durationSchema(
    'In monitor: time between looks at certificates and registrations of domains',
    '6h',
  ),
  rdap: z
    .string()
    .default('https://rdap.org')
    .describe('RDAP service that is asked for domain:// dependencies without one of their own'),
  round: z
    .strictObject({
      samples: z
        .int()
        .min(3)
        .max(1_000)
        .default(10)
        .describe('Probes of each dependency in one round of `status`; the first three decide about down'),
      maxRatePerSecond: z
        .number()
        .positive()
        .max(1_000)
        .default(20)
        .describe('Probes a second over all dependencies'),
      maxRatePerDependency: z
        .number()
        .positive()
        .max(100)
        .default(4)
        .describe('Probes a second of one dependency: each is a fresh connection'),
      maxConcurrency: z.int().min(1).max(256).default(8).describe('Probes in flight at once'),
    })
    .prefault({}),
  certificate: z
    .strictObject({
      lowDays: days(30, 'Days left for a low finding'),
      highDays: days(14, 'Days left for a high finding'),
      criticalDays: days(3, 'Days left for a critical finding'),
    })
    .prefault({}),
  domain: z
    .strictObject({
      lowDays: days(30, 'Days left of a registration for a low finding'),
      highDays: days(14, 'Days left for a high finding'),
      criticalDays: days(3, 'Days left for a critical finding'),
    })
    .prefault({}),
  quota: z
    .strictObject({
      lowShare: z
        .number()
        .gt(0)
        .lt(1)
        .default(0.1)
        .describe('Share of a quota that is left when it is called low'),
    })
    .prefault({}),
});
export type DependencyOptions = z.infer<typeof dependencyOptionsSchema>;
