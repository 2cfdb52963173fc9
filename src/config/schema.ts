import { z } from 'zod';
import { durationSchema } from '../core/schemas.ts';
import { severitySchema } from '../core/severity.ts';

export const secretReferenceSchema = z
  .union([
    z.strictObject({ $env: z.string().min(1).describe('Name of the environment variable.') }),
    z.strictObject({ $file: z.string().min(1).describe('Path of the file; relative to the config.') }),
  ])
  .describe('A value by reference, read when it is used and never printed or stored.');

/** Any text may be given by reference; a secret must be. */
function text(description: string) {
  return z.union([z.string().min(1), secretReferenceSchema]).describe(description);
}

function url(protocols: RegExp, expected: string, description: string) {
  const literal = z.string().refine((value) => URL.canParse(value) && protocols.test(value), {
    error: `expected ${expected}`,
  });
  return z.union([literal, secretReferenceSchema]).describe(description);
}

const authSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('basic').describe('User name and password (RFC 7617).'),
      username: text('User name.'),
      password: text('Password, by reference.'),
    }),
    z.strictObject({
      kind: z.literal('bearer').describe('A token that is sent as it is (RFC 6750).'),
      token: text('Token, by reference.'),
    }),
    z.strictObject({
      kind: z
        .literal('oauth2-client-credentials')
        .describe('A token fetched from an authorization server (RFC 6749, section 4.4).'),
      tokenUrl: url(/^https?:/, 'an http:// or https:// URL', 'Token endpoint.'),
      clientId: text('Client id.'),
      clientSecret: text('Client secret, by reference.'),
      scope: text('Scopes, separated by spaces.').optional(),
    }),
  ])
  .describe('How requests to this target prove who they are.');

const tlsSchema = z
  .strictObject({
    caFile: text('PEM file of the authority to trust instead of the built-in ones.').optional(),
    certFile: text('PEM file of the client certificate, for mutual TLS.').optional(),
    keyFile: text('PEM file of its private key.').optional(),
    serverName: text('Name to ask for and to verify, when it is not the host of the URL.').optional(),
  })
  .refine((tls) => (tls.certFile === undefined) === (tls.keyFile === undefined), {
    error: 'certFile and keyFile belong together',
  })
  .describe('Trust and client certificate.');

const httpTargetSchema = z
  .strictObject({
    baseUrl: url(/^https?:/, 'an http:// or https:// URL', 'Where the backend answers.'),
    openapi: text('Path or URL of its OpenAPI document.').optional(),
    headers: z
      .record(z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/, 'expected a header name'), text('Value.'))
      .optional()
      .describe('Sent with every request; those that hold secrets by reference.'),
    auth: authSchema.optional(),
    tls: tlsSchema.optional(),
  })
  .describe('An HTTP backend.');

const databaseTargetSchema = z
  .strictObject({
    database: url(
      /^postgres(ql)?:/,
      'a postgres:// URL',
      'Connection URL; by reference when it has a password.',
    ),
  })
  .describe('A database.');

export const targetSettingsSchema = z.union([httpTargetSchema, databaseTargetSchema]);

/** `rearguard.config.*`, published as JSON Schema. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Where editors find the schema of this file.'),
    targets: z
      .record(
        z.string().regex(/^[a-z0-9][a-z0-9._-]*$/i, 'expected a name of letters, digits, dots and dashes'),
        targetSettingsSchema,
      )
      .prefault({})
      .describe('What is under guard, by name.'),
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
    failOn: severitySchema
      .prefault('high')
      .describe('Findings at or above this severity fail a run (exit code 1).'),
    check: z
      .strictObject({ budget: durationSchema('Time `rearguard check` may take altogether.', '60s') })
      .prefault({})
      .describe('The check over all tools.'),
  })
  .describe('Configuration of Rearguard.');

export type ConfigInput = z.input<typeof configSchema>;
export type TargetSettings = z.output<typeof targetSettingsSchema>;
