import { z } from 'zod';

export const secretReferenceSchema = z
  .union([
    z.strictObject({ $env: z.string().min(1).describe('Name of the environment variable.') }),
    z.strictObject({ $file: z.string().min(1).describe('Path of the file; relative to the config.') }),
  ])
  .describe('A value by reference, read when it is used and never printed or stored.');

/** Any text may be given by reference; a secret must be. */
export function textSchema(description: string) {
  return z.union([z.string().min(1), secretReferenceSchema]).describe(description);
}

export function urlSchema(protocols: RegExp, expected: string, description: string) {
  const literal = z.string().refine((value) => URL.canParse(value) && protocols.test(value), {
    error: `expected ${expected}`,
  });
  return z.union([literal, secretReferenceSchema]).describe(description);
}

/** Names of targets, dependencies, notifiers: they go into subjects and metric labels. */
export const nameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*$/i, 'expected a name of letters, digits, dots and dashes');
