import { z } from 'zod';
import { headersSchema } from '../../../config/access-schemas.ts';
import { textSchema } from '../../../config/text-schemas.ts';
import { durationSchema, optionalDurationSchema } from '../../../core/schemas.ts';
import { parseSize } from '../../../core/size.ts';

const REQUEST = /^[A-Z]+ (?:\/|https?:\/\/|\{\{)\S*$/;

const requestSchema = z
  .string()
  .regex(REQUEST, 'expected a method and a path, like "GET /api/products?page={{page}}"')
  .describe('Method and path with its query, or a whole URL; blanks as %20.');

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const texts = (description: string) =>
  z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe(description);

export const checkSchema = z
  .strictObject({
    status: z
      .union([z.number(), z.string(), z.array(z.union([z.number(), z.string()])).min(1)])
      .optional()
      .describe('Accepted status: 200, "2xx", "200-204", or a list. Default: 200 to 399.'),
    contains: texts('Text, or texts, the body must contain.'),
    matches: texts('Regular expression, or several, that the body must match.'),
    header: z.record(z.string().min(1), z.string()).optional().describe('Text that a header must contain.'),
    json: z
      .record(z.string().startsWith('$'), z.union([scalar, z.strictObject({ exists: z.literal(true) })]))
      .optional()
      .describe('JSONPath (RFC 9535) and the value there, or `{ exists: true }`.'),
    maxSize: z
      .string()
      .refine((text) => parseSize(text) !== undefined, { error: 'expected a size, like 512B, 64kB or 1MB' })
      .optional()
      .describe('The body is at most this large.'),
  })
  .describe('What makes an answer a good one.');

const optional = z
  .boolean()
  .default(false)
  .describe('Without it, a missing value ends the session and counts as a failure.');

export const extractSchema = z.union([
  z.string().startsWith('$').describe('JSONPath (RFC 9535): the first value there.'),
  z.strictObject({
    json: z.string().startsWith('$').describe('JSONPath (RFC 9535).'),
    pick: z.enum(['first', 'random']).default('first').describe('Which of several values.'),
    optional,
  }),
  z.strictObject({ header: z.string().min(1).describe('Name of a header.'), optional }),
  z.strictObject({ cookie: z.string().min(1).describe('Name of a cookie.'), optional }),
  z.strictObject({
    regex: z.string().min(1).describe('Regular expression; its first group, or all of it.'),
    optional,
  }),
]);

export const thinkSchema = z
  .union([
    z.string().regex(/^\S+$/, 'expected a duration, like 2s, or two of them, like 1s..3s'),
    z.strictObject({ mean: optionalDurationSchema('Mean of an exponential distribution.').unwrap() }),
    z.strictObject({
      median: optionalDurationSchema('Median of a lognormal distribution.').unwrap(),
      sigma: z.number().min(0).max(5).default(1).describe('Standard deviation of the logarithm.'),
    }),
  ])
  .describe('Pause after the step: 2s, 1s..3s, { mean: 2s } or { median: 2s, sigma: 0.8 }.');

/** A step; a text is a step that only has a request. */
export const stepSchema = z.union([
  requestSchema,
  z
    .strictObject({
      request: requestSchema,
      name: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe('What figures are kept by; default: method and path without query, `{{id}}` as `{id}`.'),
      headers: headersSchema.optional(),
      json: z.unknown().optional().describe('Body as JSON; texts in it may hold `{{…}}`.'),
      form: z.record(z.string(), z.string()).optional().describe('Body as a form; values may hold `{{…}}`.'),
      body: textSchema('Body as it is.').optional(),
      check: checkSchema.optional(),
      extract: z
        .record(
          z.string().regex(/^[A-Za-z_][\w-]*$/, 'expected a name of letters, digits, `_` and `-`'),
          extractSchema,
        )
        .optional()
        .describe('Values of the answer for later steps, by the name of the variable.'),
      think: thinkSchema.optional(),
      sse: z
        .strictObject({
          events: z.int().positive().max(1_000_000).default(1).describe('Ends after so many events,'),
          max: durationSchema('or after this time.', '10s'),
        })
        .optional()
        .describe('The answer is a stream of server-sent events.'),
      timeout: optionalDurationSchema('Deadline of the request.'),
      redirects: z
        .int()
        .min(0)
        .max(20)
        .optional()
        .describe('To follow, within the origins of the scenario; default: 5.'),
    })
    .refine(({ json, form, body }) => [json, form, body].filter((one) => one !== undefined).length <= 1, {
      error: 'one of json, form and body is enough',
    }),
]);

export type StepSettings = z.output<typeof stepSchema>;
export type FullStep = Exclude<StepSettings, string>;
export type CheckSettings = z.output<typeof checkSchema>;
export type ExtractSettings = z.output<typeof extractSchema>;
export type ThinkSettings = z.output<typeof thinkSchema>;
