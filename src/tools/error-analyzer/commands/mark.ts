import { z } from 'zod';
import { RearguardError } from '../../../core/errors.ts';
import { quoteForeign } from '../../../core/text.ts';
import type { GroupMark, StoredGroup } from '../../../store/error-log-store.ts';
import type { Store } from '../../../store/store.ts';
import type { ReportDraft } from '../../define.ts';
import { groupSubject } from '../analyze/finding.ts';

/** Inputs and data of the commands with which a person says something of a group. */
export const groupInput = z
  .string()
  .describe('Id of the group, or the beginning of it')
  .meta({ positional: true, placeholder: 'group' });
export const noteInput = z.string().max(500).optional().describe('Why, for whoever reads it later');

export const markDataSchema = z.object({
  group: z.string(),
  title: z.string(),
  state: z.enum(['open', 'resolved', 'ignored']),
  release: z.string().nullable(),
  until: z.iso.datetime().nullable(),
  untilPerHour: z.number().nullable(),
  note: z.string().nullable(),
});

export function openMark(nowMs: number, note: string | undefined): Omit<GroupMark, 'state'> {
  return { atMs: nowMs, release: null, untilMs: null, untilPerHour: null, note: note ?? null };
}

/** What a person says of a group: resolved, ignored, or open again (null). Throws E_NOT_THERE. */
export function mark(store: Store, id: string, said: GroupMark | null): ReportDraft {
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
