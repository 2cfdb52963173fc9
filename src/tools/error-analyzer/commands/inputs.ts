import { z } from 'zod';

/** Inputs that several commands share. */
export const filesInput = z
  .array(z.string().min(1))
  .default([])
  .describe(
    'Files, folders or globs to look at by themselves, `-` for the standard input; default: what the config lists',
  )
  .meta({ positional: true, placeholder: 'files' });

export const formatInput = z
  .string()
  .optional()
  .describe('Format of the logs, instead of looking at a sample: pino, nginx-error, syslog-3164, …');

export const limitInput = z.coerce
  .number()
  .int()
  .min(1)
  .max(1_000)
  .default(12)
  .describe('Groups that are shown')
  .meta({ placeholder: 'n' });

export const liveInput = z
  .boolean()
  .optional()
  .describe('Look again and again; it does so without being told, and takes the word all the same');
