import { z } from 'zod';
import { durationSchema } from '../../core/schemas.ts';

const path = (description: string) => z.string().min(1).describe(description);

/** One place where logs are, as the config lists it. */
const sourceSchema = z
  .union([
    path(
      'A file, a folder of logs, or a path with `*` and `**`; relative to the config. Rotated and packed files belong to it.',
    ),
    z.strictObject({ docker: path('Container, read by `docker logs`.') }).describe('Logs of a container.'),
    z
      .strictObject({
        kubernetes: path('Label selector, read by `kubectl logs`: app=shop.'),
        namespace: path('Namespace.').optional(),
        context: path('Context of the kubectl config.').optional(),
      })
      .describe('Logs of pods.'),
    z
      .strictObject({
        journal: z.literal(true).describe('The journal of systemd.'),
        unit: path('Unit.').optional(),
      })
      .describe('The journal, read by `journalctl`.'),
  ])
  .describe('Where logs are.');
export type SourceSetting = z.infer<typeof sourceSchema>;

/** This tool's section of the config. */
export const errorOptionsSchema = z.strictObject({
  sources: z.array(sourceSchema).default([]).describe('Logs of the backend.'),
  format: z
    .string()
    .optional()
    .describe('Format of all sources, instead of looking at a sample: pino, nginx-error, syslog-3164, …'),
  zone: z
    .string()
    .regex(/^[+-]\d{2}:\d{2}$/, 'an offset such as +02:00')
    .default('+00:00')
    .describe('Offset from UTC of times that name no zone.'),
  grouping: path('YAML file with grouping rules of your own; relative to the config.').optional(),
  inApp: z
    .array(z.string().min(1))
    .default([])
    .describe('Paths or modules (with `*`) that are your own code although they look like a library.'),
  notInApp: z
    .array(z.string().min(1))
    .default([])
    .describe('Paths or modules (with `*`) that are not your own code although they look like it.'),
  sourceMaps: z
    .array(z.string().min(1))
    .default([])
    .describe('Folders with source maps of bundled code; relative to the config.'),
  detection: z
    .strictObject({
      falseDiscoveryRate: z
        .number()
        .gt(0)
        .lt(1)
        .default(0.01)
        .describe('Share of false alarms among what is told, over all groups (Benjamini-Hochberg).'),
      spikeFactor: z
        .number()
        .gt(1)
        .default(3)
        .describe('A spike is at least this many times what was expected.'),
      spikeCount: z.int().min(1).default(10).describe('Records that a spike has at least.'),
      disappearedCount: z
        .int()
        .min(1)
        .default(48)
        .describe('Records a day of an error that counts as steady, so that its end is told.'),
    })
    .prefault({})
    .describe('When a change of an error is told.'),
  frequent: z
    .strictObject({
      share: z
        .number()
        .gt(0)
        .lt(1)
        .default(0.01)
        .describe('Share of all records that makes a known error a finding.'),
      perHour: z.number().gt(0).default(60).describe('Records an hour that make a known error a finding.'),
    })
    .prefault({})
    .describe('When an error that is no news is a finding all the same.'),
  maxGroups: z
    .int()
    .min(100)
    .max(200_000)
    .default(50_000)
    .describe('Groups told apart; more fall under one, which is reported.'),
  interval: durationSchema('In monitor and emergency: time between two looks.', '2s'),
});
export type ErrorOptions = z.infer<typeof errorOptionsSchema>;
