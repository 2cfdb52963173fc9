import { z } from 'zod';
import { RearguardError } from '../../../core/errors.ts';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { quoteForeign } from '../../../core/text.ts';
import type { GroupMark, StoredGroup } from '../../../store/error-log-store.ts';
import type { Store } from '../../../store/store.ts';
import { defineCommand, type ReportDraft } from '../../define.ts';
import { groupSubject } from '../analyze/finding.ts';
import type { ErrorOptions } from '../options.ts';

/** What a person says of a group: resolved, ignored, or open again. */
const groupInput = z
  .string()
  .describe('Id of the group, or the beginning of it')
  .meta({ positional: true, placeholder: 'group' });
const noteInput = z.string().max(500).optional().describe('Why, for whoever reads it later');

const data = z.object({
  group: z.string(),
  title: z.string(),
  state: z.enum(['open', 'resolved', 'ignored']),
  release: z.string().nullable(),
  until: z.iso.datetime().nullable(),
  untilPerHour: z.number().nullable(),
  note: z.string().nullable(),
});

const resolveInput = z.strictObject({
  group: groupInput,
  release: z
    .string()
    .optional()
    .describe('The release that has the fix: on an older one it is no regression'),
  note: noteInput,
});

export const resolve = defineCommand<typeof resolveInput, typeof data, ErrorOptions>({
  summary: 'Say that an error is mended: it is told when it comes back',
  input: resolveInput,
  data,
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

const ignoreInput = z.strictObject({
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

export const ignore = defineCommand<typeof ignoreInput, typeof data, ErrorOptions>({
  summary: 'Say that an error does no harm: it is counted and not told',
  input: ignoreInput,
  data,
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

const reopenInput = z.strictObject({ group: groupInput });

export const reopen = defineCommand<typeof reopenInput, typeof data, ErrorOptions>({
  summary: 'Take back what was said of an error',
  input: reopenInput,
  data,
  effect: 'read',
  examples: [{ line: 'rearguard errors reopen e3f9a1c20b7d', does: 'it is told again' }],
  run: (ctx, { group }) => Promise.resolve(mark(ctx.store, group, null)),
});

function openMark(nowMs: number, note: string | undefined): Omit<GroupMark, 'state'> {
  return { atMs: nowMs, release: null, untilMs: null, untilPerHour: null, note: note ?? null };
}

function mark(store: Store, id: string, said: GroupMark | null): ReportDraft {
  const group = findGroup(store, id);
  store.errorLog.mark(group.id, said);
  const state = said?.state ?? 'open';
  return {
    status: 'pass',
    summary: `${group.id} is ${state} now: ${quoteForeign(group.title, 160)}`,
    findings: [],
    // No rule judges it; it was done.
    coverage: { checked: [{ subject: groupSubject(group), rules: [] }], notChecked: [] },
    sections: [],
    data: {
      group: group.id,
      title: group.title,
      state,
      release: said?.release ?? null,
      until: untilText(said),
      untilPerHour: said?.untilPerHour ?? null,
      note: said?.note ?? null,
    },
    next: [`rearguard errors show ${group.id}`],
  };
}

/** Throws E_NOT_THERE with the nearest ones. */
export function findGroup(store: Store, id: string): StoredGroup {
  const group = store.errorLog.group(id);
  if (group !== undefined) return group;
  const several = store.errorLog.groups().filter((one) => one.id.startsWith(id));
  throw new RearguardError('E_NOT_THERE', {
    what: `group of errors ${JSON.stringify(id)} in the store`,
    more:
      several.length > 1
        ? ` It begins the ids of ${several.length} groups: ${several
            .slice(0, 3)
            .map((one) => one.id)
            .join(', ')}.`
        : ' `rearguard errors analyze` shows them.',
  });
}

function untilText(said: GroupMark | null): string | null {
  const untilMs = said?.untilMs ?? null;
  return untilMs === null ? null : new Date(untilMs).toISOString();
}
