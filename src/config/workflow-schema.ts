import { z } from 'zod';
import { optionalDurationSchema } from '../core/schemas.ts';

const lineSchema = z
  .string()
  .min(1)
  .describe('A command of a tool as it is typed after `rearguard`: `error-analyzer analyze --since=24h`.');

const commandSchema = z
  .strictObject({
    run: lineSchema,
    onFailure: z
      .enum(['continue', 'stop'])
      .default('continue')
      .describe(
        'What happens when it finds something or cannot be run: go on, or leave out what comes after.',
      ),
    timeout: optionalDurationSchema('At most this long; default: what is left of the budget.'),
  })
  .describe('A command, and what happens when it fails.');

const stepSchema = z.union([
  lineSchema,
  commandSchema,
  z
    .strictObject({
      together: z
        .array(z.union([lineSchema, commandSchema]))
        .min(1)
        .describe('Commands.'),
    })
    .describe('Commands that run side by side.'),
]);

export const workflowsSchema = z
  .record(
    z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'expected a name in kebab-case'),
    z.strictObject({
      summary: z.string().min(1).describe('What it is for, in one sentence.'),
      budget: optionalDurationSchema('Time for all steps together; default: no limit.'),
      steps: z.array(stepSchema).min(1).describe('In order.'),
    }),
  )
  .prefault({})
  .describe(
    'Workflows of your own, for `rearguard run`; one with the name of a built-in one takes its place.',
  );
export type WorkflowSettings = z.infer<typeof workflowsSchema>[string];
