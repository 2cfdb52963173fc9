import { z } from 'zod';
import { durationSchema, optionalDurationSchema } from '../../../core/schemas.ts';

const stages = (what: string) =>
  z
    .array(
      z.strictObject({
        to: z.number().min(0).describe(`${what} at its end.`),
        from: z
          .number()
          .min(0)
          .optional()
          .describe('At its beginning; default: where the one before ended, 0 at first.'),
        duration: optionalDurationSchema('How long it takes.').unwrap(),
      }),
    )
    .min(1)
    .optional()
    .describe(`Straight lines of ${what.toLowerCase()}, one after the other, instead of one value.`);

/** When sessions begin; flags of the command replace it. */
export const modelSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('arrivals').describe('Open: sessions arrive on their own, whatever the server does.'),
      rate: z.number().positive().optional().describe('Sessions a second.'),
      duration: optionalDurationSchema('How long.'),
      stages: stages('Sessions a second'),
      spacing: z
        .enum(['poisson', 'even'])
        .default('poisson')
        .describe('poisson: at random, as people come; even: one like the other.'),
    }),
    z.strictObject({
      kind: z.literal('users').describe('Closed: so many users, each waiting for its answers.'),
      users: z.int().positive().optional().describe('Users.'),
      duration: optionalDurationSchema('How long.'),
      stages: stages('Users'),
    }),
    z.strictObject({
      kind: z.literal('iterations').describe('Closed, and over after so many rounds.'),
      users: z.int().positive().default(1).describe('Users.'),
      iterations: z.int().positive().describe('Rounds, of all users together or of each.'),
      perUser: z.boolean().default(false).describe('Whether each user makes so many.'),
      maxDuration: durationSchema('Ends at the latest.', '10m'),
    }),
    z.strictObject({
      kind: z.literal('replay').describe('Sessions at recorded times.'),
      file: z
        .string()
        .min(1)
        .describe(
          'CSV with the columns at_ms (ascending) and scenario (its name); relative to the scenario.',
        ),
      speed: z.number().positive().max(1_000).default(1).describe('2 is twice as fast.'),
    }),
  ])
  .describe('When sessions begin, and for how long.');

export type ModelSettings = z.output<typeof modelSchema>;
