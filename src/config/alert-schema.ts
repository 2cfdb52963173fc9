import { z } from 'zod';
import { isTimeZone } from '../core/maintenance.ts';
import { durationSchema, optionalDurationSchema } from '../core/schemas.ts';
import { severitySchema } from '../core/severity.ts';
import { headersSchema } from './access-schemas.ts';
import { nameSchema, textSchema, urlSchema } from './text-schemas.ts';

const webUrl = (description: string) => urlSchema(/^https?:/, 'an http:// or https:// URL', description);

/** Every kind has its own settings; `kind` tells them apart. */
export const notifierSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('slack').describe('Slack.'),
    webhook: webUrl('Incoming webhook, by reference.'),
  }),
  z.strictObject({
    kind: z.literal('discord').describe('Discord.'),
    webhook: webUrl('Webhook, by reference.'),
  }),
  z.strictObject({
    kind: z.literal('teams').describe('Microsoft Teams.'),
    webhook: webUrl('Workflow webhook, by reference.'),
  }),
  z.strictObject({
    kind: z.literal('telegram').describe('Telegram.'),
    token: textSchema('Token of the bot, by reference.'),
    chat: textSchema('Id of the chat.'),
    apiUrl: webUrl('Address of the API.').default('https://api.telegram.org'),
  }),
  z.strictObject({
    kind: z.literal('email').describe('E-mail over SMTP.'),
    smtp: urlSchema(/^smtps?:/, 'an smtp:// or smtps:// URL', 'Server; by reference when it has a password.'),
    from: textSchema('Sender.'),
    to: z.array(textSchema('Recipient.')).min(1).describe('Recipients.'),
  }),
  z.strictObject({
    kind: z.literal('pagerduty').describe('PagerDuty (Events API v2).'),
    routingKey: textSchema('Integration key, by reference.'),
    apiUrl: webUrl('Address of the API.').default('https://events.pagerduty.com'),
  }),
  z.strictObject({
    kind: z.literal('opsgenie').describe('Opsgenie.'),
    apiKey: textSchema('API key, by reference.'),
    apiUrl: webUrl('Address of the API; https://api.eu.opsgenie.com in Europe.').default(
      'https://api.opsgenie.com',
    ),
  }),
  z.strictObject({
    kind: z.literal('webhook').describe('A POST of JSON, signed with HMAC-SHA256.'),
    url: webUrl('Where to send it.'),
    secret: textSchema('Key of the signature, by reference.').optional(),
    headers: headersSchema.optional(),
  }),
  z.strictObject({
    kind: z.literal('github').describe('An issue on GitHub, closed when the alert is resolved.'),
    repository: z
      .string()
      .regex(/^[\w.-]+\/[\w.-]+$/, 'expected owner/name')
      .describe('owner/name.'),
    token: textSchema('Token that may write issues, by reference.'),
    labels: z.array(z.string()).default(['rearguard']).describe('Labels of the issue.'),
    apiUrl: webUrl('Address of the API.').default('https://api.github.com'),
  }),
  z.strictObject({ kind: z.literal('desktop').describe('A notification on the desktop of this machine.') }),
  z.strictObject({ kind: z.literal('console').describe('A line on the standard error of the daemon.') }),
]);
export type NotifierSettings = z.output<typeof notifierSchema>;

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const maintenanceSchema = z
  .strictObject({
    name: nameSchema.describe('Name, for people.'),
    days: z.array(z.enum(DAYS)).optional().describe('Days of the week it begins on; default: every day.'),
    from: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time like 02:30')
      .describe('Local time it begins, like "02:30".'),
    to: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time like 03:15')
      .describe('Local time it ends; on the next day when it is not after `from`.'),
    timeZone: z
      .string()
      .refine(isTimeZone, {
        error: ({ input }) => `there is no time zone ${JSON.stringify(input)}; write one like Europe/Berlin`,
      })
      .default('UTC')
      .describe('IANA time zone, like "Europe/Berlin".'),
    subjects: z
      .array(z.string().min(1))
      .default([])
      .describe('Targets, endpoints or dependencies it is about, `*` allowed; default: everything.'),
  })
  .describe('A window in which nobody is told and nothing counts against objectives.');

const thresholdSchema = z
  .strictObject({
    name: nameSchema.describe('Name, for people.'),
    metric: z.string().describe('Metric, like "http.probe.duration".'),
    attributes: z.record(z.string(), z.string()).default({}).describe('Only series with these attributes.'),
    statistic: z
      .enum(['p50', 'p95', 'p99', 'mean', 'failed-share', 'count'])
      .default('p95')
      .describe('What of the window is compared; shares are from 0 to 1.'),
    over: durationSchema('Window that is looked at', '5m'),
    above: z.number().optional().describe('Fires when the value is above.'),
    below: z.number().optional().describe('Fires when the value is below.'),
    for: optionalDurationSchema('It must hold this long first.'),
    severity: severitySchema.default('high').describe('Severity of the alert.'),
  })
  .refine(({ above, below }) => (above === undefined) !== (below === undefined), {
    error: 'one of above and below is needed',
  });

const heartbeatSchema = z
  .strictObject({
    name: nameSchema.describe('Name: `rearguard heartbeat <name>` reports it.'),
    every: durationSchema('How often it must be heard of', '24h'),
    grace: durationSchema('How late it may be', '10m'),
    severity: severitySchema.default('high').describe('Severity of the alert when it is missing.'),
  })
  .describe('A dead-man switch: something that must report regularly, like a backup.');

export const alertsSchema = z
  .strictObject({
    minSeverity: severitySchema.default('medium').describe('Findings below this are no alerts.'),
    groupWait: durationSchema('Time for related alerts to come together before the first message', '10s'),
    groupInterval: durationSchema('Least time between messages about more of the same group', '5m'),
    dependentWait: durationSchema(
      'Extra time for the cause of an alert to be found, where it has something that it depends on',
      '15s',
    ),
    resolveAfter: durationSchema('How long all must be well before an alert is resolved', '5m'),
    reminder: durationSchema(
      'Time after which an alert that is still firing is told again; six times as long below high',
      '4h',
    ),
    notifiers: z.record(nameSchema, notifierSchema).default({}).describe('Where messages go, by name.'),
    routes: z
      .array(
        z.strictObject({
          severities: z.array(severitySchema).optional().describe('Only these severities.'),
          subjects: z
            .array(z.string())
            .optional()
            .describe('Only these targets, endpoints or dependencies, `*` allowed.'),
          notifiers: z.array(nameSchema).describe('Names of the notifiers.'),
        }),
      )
      .default([])
      .describe('Who is told what; every route that fits counts. Default: every notifier everything.'),
    thresholds: z.array(thresholdSchema).default([]).describe('Limits on recorded metrics.'),
    heartbeats: z.array(heartbeatSchema).default([]).describe('What must report regularly.'),
  })
  .describe('Who is told what, and when.');

export const maintenanceListSchema = z
  .array(maintenanceSchema)
  .default([])
  .describe('Planned work, in local time; `rearguard maintenance add` takes single ones, also afterwards.');

export type AlertSettings = z.output<typeof alertsSchema>;
export type MaintenanceSettings = z.output<typeof maintenanceSchema>;
