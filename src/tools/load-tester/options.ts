import { z } from 'zod';
import { durationSchema, optionalDurationSchema } from '../../core/schemas.ts';

/** This tool's section of the config. */
export const loadOptionsSchema = z.strictObject({
  target: z.string().optional().describe('Name of the HTTP target to load; default: the first one'),
  scenario: z
    .string()
    .optional()
    .describe('Scenario file (YAML, JSON or TypeScript) that commands use without --scenario or --from'),
  feeders: z
    .string()
    .default('.')
    .describe('Folder that the feeder files of a scenario are looked for in, from the config on'),
  objectives: z
    .strictObject({
      p95: durationSchema('95 % of responses of each endpoint are at most this slow', '200ms'),
      errorRate: z
        .number()
        .min(0)
        .lt(100)
        .default(1)
        .describe('Percentage of requests of each endpoint that may fail'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      maxRatePerSecond: z
        .number()
        .positive()
        .max(1_000_000)
        .default(5_000)
        .describe(
          'Ceiling: sessions a second of open models, over all workers; no plan and no live change passes it. Users of a closed model are bounded by maxConnections instead: they send as fast as they are answered',
        ),
      maxConnections: z
        .int()
        .min(1)
        .max(50_000)
        .default(1_000)
        .describe('Ceiling: connections, and users of a closed model, over all workers'),
      maxDuration: durationSchema('Ceiling: how long a run may make load', '1h'),
      maxQueued: z
        .int()
        .min(0)
        .max(1_000_000)
        .default(10_000)
        .describe('Sessions of an open model that may wait for a connection; more are dropped and counted'),
      requestTimeout: durationSchema('Deadline of one request, where a scenario sets none', '10s'),
      connectTimeout: durationSchema('Deadline of opening a connection', '5s'),
      drain: durationSchema('After the end: how long requests in flight may still take', '4s'),
      errorBudget: z
        .number()
        .gt(0)
        .max(100)
        .nullable()
        .default(50)
        .describe('Percentage of requests failing within a second at which a run ramps down; null: never'),
      errorBudgetMinRequests: z
        .int()
        .min(1)
        .default(50)
        .describe('Requests within that second from which the error budget counts'),
      retryAfter: z
        .boolean()
        .default(true)
        .describe('Begin no session while the server asks for that by 429 or 503 with Retry-After'),
    })
    .prefault({}),
  fitness: z
    .strictObject({
      maxLag: durationSchema(
        'A run is unfit when the 99th percentile of our own lateness is above this',
        '25ms',
      ),
      maxLagShare: z
        .number()
        .gt(0)
        .max(100)
        .default(20)
        .describe('Or above 5 ms and this percentage of the 99th percentile of responses'),
      maxBusy: z
        .number()
        .gt(0)
        .max(100)
        .default(90)
        .describe("Or when a worker's event loop works for this percentage of the time in an open model"),
    })
    .prefault({}),
  compare: z
    .strictObject({
      margin: z
        .number()
        .gt(0)
        .max(100)
        .default(5)
        .describe(
          'before-after: percentage by which medians may change and count as the same; twice that for a p95, and twice again against a baseline',
        ),
      pairs: z
        .int()
        .min(6)
        .max(500)
        .default(12)
        .describe('before-after: pairs of blocks that two live targets are compared over'),
      block: durationSchema('before-after: how long one block lasts', '2s'),
    })
    .prefault({}),
  capacity: z
    .strictObject({
      step: durationSchema('capacity: how long each rate is held; the best one three times as long', '5s'),
      resolution: z
        .number()
        .min(1)
        .max(50)
        .default(5)
        .describe('capacity: percentage between the best rate that is met and the next that is not'),
      maxSteps: z.int().min(3).max(100).default(16).describe('capacity: rates that are tried at most'),
    })
    .prefault({}),
  tracedShare: z
    .number()
    .min(0)
    .max(100)
    .default(1)
    .describe('Percentage of requests that carry a traceparent, so that traces of slow ones can be found'),
  process: z
    .union([
      z.literal('auto'),
      z.literal('none'),
      z.strictObject({ pid: z.int().positive() }),
      z.strictObject({ port: z.int().min(1).max(65_535) }),
    ])
    .default('auto')
    .describe(
      'Process of the server, whose processor and memory are watched: auto (who listens on the port of a loopback target), none, { pid } or { port }',
    ),
  metrics: z
    .strictObject({
      url: z.string().describe('Prometheus metrics of the server, read once a second'),
      series: z
        .array(z.string())
        .default([])
        .describe('Names of the series to show beside the load; default: pools, queues and event loops'),
      timeout: optionalDurationSchema('Deadline of one reading; default 1s'),
    })
    .optional(),
});
export type LoadOptions = z.infer<typeof loadOptionsSchema>;
