import { z } from 'zod';
import { headersSchema } from '../../../config/access-schemas.ts';
import { nameSchema, textSchema } from '../../../config/text-schemas.ts';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { modelSchema } from './model-schema.ts';
import { stepSchema } from './step-schema.ts';

/** Names of values go into `{{…}}`. */
const variableName = z.string().regex(/^[A-Za-z_][\w-]*$/, 'expected a name of letters, digits, `_` and `-`');

const feederSchema = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .optional()
      .describe('CSV with a header line, a JSON array of objects, or NDJSON; relative to the scenario.'),
    format: z
      .enum(['csv', 'json', 'ndjson'])
      .optional()
      .describe('Default: by the ending of the name (.csv, .tsv, .json, .ndjson, .jsonl).'),
    delimiter: z.string().length(1).optional().describe('Of CSV; default: a comma, a tab for .tsv.'),
    rows: z
      .array(z.record(variableName, z.union([z.string(), z.number(), z.boolean()])))
      .min(1)
      .optional()
      .describe('The rows themselves, instead of a file.'),
    order: z
      .enum(['sequential', 'shuffled', 'random'])
      .default('sequential')
      .describe('sequential and shuffled: row after row over all sessions, then again; random: drawn.'),
  })
  .refine(({ file, rows }) => (file === undefined) !== (rows === undefined), {
    error: 'one of file and rows is needed',
  })
  .describe('Rows of values; a session has one row of each: `{{field}}`, or `{{feeder.field}}`.');

const scenarioAuthSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('bearer').describe('A token (RFC 6750).'),
      token: textSchema('Token, by reference; or `{{…}}` of what the set-up or a login step extracted.'),
    }),
    z.strictObject({
      kind: z.literal('basic').describe('User name and password (RFC 7617).'),
      username: textSchema('User name.'),
      password: textSchema('Password, by reference.'),
    }),
    z.strictObject({
      kind: z.literal('header').describe('A header of your own.'),
      name: z.string().min(1).describe('Name, like x-api-key.'),
      value: textSchema('Value, by reference.'),
    }),
    z.strictObject({ kind: z.literal('none').describe('Without the credentials of the target.') }),
  ])
  .describe('How requests prove who they are; default: as the target does.');

const steps = (description: string) => z.array(stepSchema).default([]).describe(description);

const oneScenarioSchema = z
  .strictObject({
    weight: z
      .number()
      .positive()
      .max(1e9)
      .default(1)
      .describe('Share of the sessions, relative to the others.'),
    begin: steps('Once before the steps: for each user of a closed model, for each session of an open one.'),
    steps: z.array(stepSchema).min(1).describe('What a session does, in order.'),
  })
  .describe('One kind of session.');

/** A scenario as people write it: YAML, JSON or a module. */
export const scenarioSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Where editors find the schema of this file.'),
    name: z.string().min(1).max(120).optional().describe('For people; default: the name of the file.'),
    target: nameSchema.optional().describe('Name of an HTTP target of the config; default: the first one.'),
    httpVersion: z.enum(['1.1', '2']).optional().describe('HTTP version; default: 1.1.'),
    variables: z
      .record(variableName, z.union([textSchema('Value.'), z.number(), z.boolean()]))
      .default({})
      .describe('Values for `{{name}}`; secrets by reference.'),
    feeders: z.record(nameSchema, feederSchema).default({}).describe('Rows of values, by name.'),
    auth: scenarioAuthSchema.optional(),
    headers: headersSchema.default({}).describe('Sent with every request to the target, after its own.'),
    model: modelSchema.optional(),
    timeout: optionalDurationSchema(
      'Deadline of a request whose step has none; default: the config, then 10s.',
    ),
    think: optionalDurationSchema('Pause after a step that has none of its own; default: none.'),
    setUp: steps('Once before the load; what it extracts is a variable of every session.'),
    scenarios: z.record(nameSchema, oneScenarioSchema).optional().describe('Kinds of sessions, by name.'),
    steps: z.array(stepSchema).min(1).optional().describe('The only scenario, instead of `scenarios`.'),
    tearDown: steps('Once after the load, with the variables of the set-up.'),
    thresholds: z
      .array(z.string().min(1))
      .default([])
      .describe('Limits that fail the run: `p95<200ms`, `errors<1%`.'),
  })
  .refine(({ scenarios, steps }) => (scenarios === undefined) !== (steps === undefined), {
    error: 'one of scenarios and steps is needed',
  })
  .refine(({ scenarios }) => scenarios === undefined || Object.keys(scenarios).length > 0, {
    error: 'must not be empty',
    path: ['scenarios'],
  })
  .describe('A scenario of the load-tester.');

export type ScenarioInput = z.input<typeof scenarioSchema>;
export type ScenarioDocument = z.output<typeof scenarioSchema>;
export type FeederSettings = z.output<typeof feederSchema>;
export type OneScenario = z.output<typeof oneScenarioSchema>;
