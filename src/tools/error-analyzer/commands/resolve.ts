import { z } from 'zod';
import { defineCommand } from '../../define.ts';
import type { ErrorOptions } from '../options.ts';
import { groupInput, mark, markDataSchema, noteInput, openMark } from './mark.ts';

const input = z.strictObject({
  group: groupInput,
  release: z
    .string()
    .optional()
    .describe('The release that has the fix: on an older one it is no regression'),
  note: noteInput,
});

export const resolve = defineCommand<typeof input, typeof markDataSchema, ErrorOptions>({
  summary: 'Say that an error is mended: it is told when it comes back',
  input,
  data: markDataSchema,
  effect: 'read',
  examples: [
    { line: 'rearguard errors resolve e3f9a1c20b7d', does: 'mended as of now' },
    { line: 'rearguard errors resolve e3f9a1 --release 2.4.1', does: 'mended by a release' },
  ],
  run: (ctx, { group, release, note }) =>
    Promise.resolve(
      mark(ctx.store, group, {
        ...openMark(ctx.clock.wallMs(), note),
        state: 'resolved',
        release: release ?? null,
      }),
    ),
});
