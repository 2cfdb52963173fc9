import { z } from 'zod';
import { durationSchema } from '../core/schemas.ts';
import { severitySchema } from '../core/severity.ts';
import { DATABASE_SCHEMES, DATABASE_URL_EXPECTED } from '../platform/sql/database-url.ts';
import { authSchema, headersSchema, tlsSchema } from './access-schemas.ts';
import { alertsSchema, maintenanceListSchema } from './alert-schema.ts';
import { dependencySettingsSchema } from './dependency-schema.ts';
import { serveSchema } from './serve-schema.ts';
import { workflowsSchema } from './workflow-schema.ts';
import { nameSchema, textSchema, urlSchema } from './text-schemas.ts';

const httpTargetSchema = z
  .strictObject({
    baseUrl: urlSchema(/^https?:/, 'an http:// or https:// URL', 'Where the backend answers.'),
    openapi: textSchema('Path or URL of its OpenAPI document.').optional(),
    headers: headersSchema.optional(),
    auth: authSchema.optional(),
    tls: tlsSchema.optional(),
  })
  .describe('An HTTP backend.');

const databaseTargetSchema = z
  .strictObject({
    database: urlSchema(
      DATABASE_SCHEMES,
      DATABASE_URL_EXPECTED,
      'Connection URL (postgres://, mysql://, mariadb://), by reference when it has a password; or a SQLite file, relative to the config: sqlite:./data/app.db.',
    ),
    logs: z
      .array(z.string().min(1))
      .optional()
      .describe(
        "Its server's log files, where they can be read from here; `*` may stand in the file's name.",
      ),
    spans: z
      .array(z.string().min(1))
      .optional()
      .describe('Files of spans of its clients, as OTLP writes JSON: they say which route asked what.'),
  })
  .describe('A database.');

export const targetSettingsSchema = z.union([httpTargetSchema, databaseTargetSchema]);

/** `rearguard.config.*`, published as JSON Schema. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Where editors find the schema of this file.'),
    targets: z
      .record(nameSchema, targetSettingsSchema)
      .prefault({})
      .describe('What is under guard, by name.'),
    dependencies: z
      .record(nameSchema, dependencySettingsSchema)
      .prefault({})
      .describe('What the backend needs, by name. Databases among the targets count without being listed.'),
    allowHosts: z
      .array(z.string().min(1))
      .prefault([])
      .describe('Hosts beside loopback and those of the targets that may receive traffic.'),
    store: z
      .strictObject({
        path: z
          .string()
          .min(1)
          .prefault('.rearguard/store.db')
          .describe('File in which Rearguard remembers; relative to the config.'),
        retention: z
          .strictObject({
            samples: durationSchema('How long single samples are kept.', '48h'),
            minutes: durationSchema('How long aggregates of a minute are kept.', '14d'),
            hours: durationSchema('How long aggregates of an hour are kept.', '400d'),
            runs: durationSchema('How long reports of runs are kept.', '90d'),
          })
          .prefault({})
          .describe('How long each kind of record is kept.'),
      })
      .prefault({})
      .describe('Where and how long Rearguard remembers.'),
    tools: z
      .record(z.string(), z.unknown())
      .prefault({})
      .describe('Section of each tool, by its name; every tool describes its own.'),
    plugins: z
      .array(z.unknown())
      .prefault([])
      .describe(
        'Tools of your own: modules that export a tool, or the tools themselves in a config that is code.',
      ),
    workspace: z
      .strictObject({
        ownTools: z
          .boolean()
          .prefault(true)
          .describe('Whether tools in `ai-agents/backend/tools/<name>/` are found by themselves.'),
        refresh: z
          .boolean()
          .prefault(true)
          .describe(
            'Whether runs keep the generated parts of AI-CONTEXT.md true; `workspace refresh` always does.',
          ),
        targets: z
          .strictObject({
            requestsPerSecond: z
              .number()
              .positive()
              .prefault(1_000)
              .describe('Requests a second that the backend should take.'),
            queryMean: durationSchema('What a query should take on average, at most.', '50ms'),
          })
          .prefault({})
          .describe(
            'Goals in AI-CONTEXT.md; those of latency and uptime are the `slo` of api-health-monitor.',
          ),
      })
      .prefault({})
      .describe('The workspace that people and agents share.'),
    failOn: severitySchema
      .prefault('high')
      .describe('Findings at or above this severity fail a run (exit code 1).'),
    alerts: alertsSchema.prefault({}),
    maintenance: maintenanceListSchema,
    serve: serveSchema.prefault({}),
    workflows: workflowsSchema,
    check: z
      .strictObject({ budget: durationSchema('Time `rearguard check` may take altogether.', '60s') })
      .prefault({})
      .describe('The check over all tools.'),
  })
  .describe('Configuration of Rearguard.');

export type ConfigInput = z.input<typeof configSchema>;
export type TargetSettings = z.output<typeof targetSettingsSchema>;
