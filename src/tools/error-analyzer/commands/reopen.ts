import { z } from 'zod';
import { defineCommand } from '../../define.ts';
import type { ErrorOptions } from '../options.ts';
import { groupInput, mark, markDataSchema } from './mark.ts';

const input = z.strictObject({ group: groupInput });

export const reopen = defineCommand<typeof input, typeof markDataSchema, ErrorOptions>({
  summary: 'Take back what was said of an error',
  input,
  data: markDataSchema,
  effect: 'read',
  examples: [{ line: 'rearguard errors reopen e3f9a1c20b7d', does: 'it is told again' }],
  run: (ctx, { group }) => Promise.resolve(mark(ctx.store, group, null)),
});
