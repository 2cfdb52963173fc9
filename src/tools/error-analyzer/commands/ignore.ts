import { z } from 'zod';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { defineCommand } from '../../define.ts';
import type { ErrorOptions } from '../options.ts';
import { groupInput, mark, markDataSchema, noteInput, openMark } from './mark.ts';

const input = z.strictObject({
  group: groupInput,
  for: optionalDurationSchema('Until then; default: for good').meta({ placeholder: 'duration' }),
  untilPerHour: z.coerce
    .number()
    .positive()
    .optional()
    .describe('Until there are more than so many an hour')
    .meta({ placeholder: 'n' }),
  note: noteInput,
});

export const ignore = defineCommand<typeof input, typeof markDataSchema, ErrorOptions>({
  summary: 'Say that an error does no harm: it is counted and not told',
  input,
  data: markDataSchema,
  effect: 'read',
  examples: [
    { line: 'rearguard errors ignore m51c0aa93f2e', does: 'for good' },
    { line: 'rearguard errors ignore m51c0 --until-per-hour 500', does: 'until it becomes frequent' },
    { line: 'rearguard errors ignore m51c0 --for 7d --note "vendor knows"', does: 'for a week' },
  ],
  run(ctx, { group, for: forMs, untilPerHour, note }) {
    const nowMs = ctx.clock.wallMs();
    return Promise.resolve(
      mark(ctx.store, group, {
        ...openMark(nowMs, note),
        state: 'ignored',
        untilMs: forMs === undefined ? null : nowMs + forMs,
        untilPerHour: untilPerHour ?? null,
      }),
    );
  },
});
