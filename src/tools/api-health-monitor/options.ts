import { z } from 'zod';
import { durationSchema, optionalDurationSchema, sizeSchema } from '../../core/schemas.ts';

/** A secret by reference, or text; the config floor resolves it before a tool sees it. */
const text = z.string();

const textExpectation = z
  .union([
    text,
    z.strictObject({
      equals: text.optional(),
      contains: text.optional(),
      matches: text.optional(),
      exists: z.boolean().optional(),
    }),
  ])
  .describe('Text to equal, or one of { equals, contains, matches, exists }');

export const expectationSchema = z.strictObject({
  status: z
    .union([z.number(), text, z.array(z.union([z.number(), text]))])
    .optional()
    .describe('Accepted status: 200, "2xx", "200-204", or a list. Default: any 2xx or 3xx'),
  headers: z.record(text, textExpectation).optional().describe('Expected response headers'),
  body: textExpectation.optional().describe('Expected body text'),
  json: z
    .array(
      z.strictObject({
        path: text.describe('JSON path (RFC 9535), like $.data.status'),
        equals: z.unknown().optional(),
        contains: text.optional(),
        matches: text.optional(),
        exists: z.boolean().optional(),
        gt: z.number().optional(),
        lt: z.number().optional(),
      }),
    )
    .optional()
    .describe('Expectations on nodes of a JSON body'),
  latency: optionalDurationSchema('The whole call may take this long'),
  phases: z
    .partialRecord(
      z.enum(['queue', 'dns', 'connect', 'tls', 'request', 'ttfb', 'transfer']),
      durationSchema('The phase may take this long', '1s'),
    )
    .optional()
    .describe('Limits of single phases, like { ttfb: "300ms" }'),
});
export type Expectation = z.infer<typeof expectationSchema>;

const objectiveSchema = z.strictObject({
  p95: optionalDurationSchema('95 % of calls are at most this slow'),
  availability: z.number().gt(0).lt(100).optional().describe('Percentage of good time, like 99.9'),
});

export const endpointSchema = z.strictObject({
  target: text.optional().describe('Name of the HTTP target; default: the first one'),
  method: text.default('GET').describe('HTTP method'),
  path: text.describe('Path and query, like /api/products?page=1'),
  headers: z.record(text, text).optional().describe('Request headers; secrets by reference'),
  body: text.optional().describe('Request body'),
  expect: expectationSchema.optional().describe('What a good answer looks like'),
  slo: objectiveSchema.optional().describe("Objectives of this endpoint, instead of the tool's"),
  interval: optionalDurationSchema('Time between scheduled probes'),
  timeout: optionalDurationSchema('Deadline of one probe'),
  httpVersion: z.enum(['1.1', '2']).default('1.1').describe('HTTP version'),
  maxRedirects: z.int().min(0).max(20).default(5).describe('Redirects to follow'),
  maxBody: sizeSchema('How much of a body expectations see; all of it is received and timed', '1MB'),
  addressFamily: z
    .union([z.literal(4), z.literal(6)])
    .optional()
    .describe('Force IPv4 or IPv6'),
  resolver: z
    .enum(['own', 'system'])
    .default('own')
    .describe('own: our resolver sockets with a deadline; system: getaddrinfo'),
});
export type EndpointOptions = z.infer<typeof endpointSchema>;

/** This tool's section of the config. */
export const healthOptionsSchema = z.strictObject({
  endpoints: z
    .array(z.union([text, endpointSchema]))
    .default([])
    .describe(
      'Endpoints: "GET /path" or an object. Default: the safe GETs of the OpenAPI document of each target',
    ),
  interval: durationSchema('Time between scheduled probes of an endpoint', '30s'),
  timeout: durationSchema('Hard deadline of one probe, over everything', '5s'),
  warm: z
    .boolean()
    .default(true)
    .describe('In watch: also time a second request on the same connection, as its own series'),
  slo: z
    .strictObject({
      p95: durationSchema('95 % of calls are at most this slow', '200ms'),
      availability: z.number().gt(0).lt(100).default(99.9).describe('Percentage of good time'),
      window: durationSchema('Period the error budget is for', '30d'),
    })
    .prefault({}),
  round: z
    .strictObject({
      samples: z
        .int()
        .min(4)
        .max(1_000)
        .default(60)
        .describe('Probes of each endpoint in one round; 59 are needed to claim a p95 with 95 % confidence'),
      maxRatePerSecond: z
        .number()
        .positive()
        .max(1_000)
        .default(40)
        .describe('Probes a second over all endpoints'),
      maxRatePerEndpoint: z
        .number()
        .positive()
        .max(100)
        .default(4)
        .describe('Probes a second of one endpoint'),
      maxConcurrency: z.int().min(1).max(256).default(8).describe('Probes in flight at once'),
      maxDuration: durationSchema(
        'Time a round of `status` may take; with many endpoints each gets fewer samples',
        '40s',
      ),
    })
    .prefault({}),
  certificate: z
    .strictObject({
      lowDays: z.number().positive().default(30).describe('Days left for a low finding'),
      highDays: z.number().positive().default(14).describe('Days left for a high finding'),
      criticalDays: z.number().positive().default(3).describe('Days left for a critical finding'),
    })
    .prefault({}),
  baseline: text
    .default('default')
    .describe('Name of the baseline that status and post-deploy-check compare with'),
});
export type HealthOptions = z.infer<typeof healthOptionsSchema>;
