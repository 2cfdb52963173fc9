import type { ErrorGroup } from '../model.ts';

export type FoundGroup = { group: ErrorGroup } | { among: readonly ErrorGroup[] };

/** By an id or the beginning of one, of the group itself or of one that was merged into it; `among` has what a beginning is ambiguous between, or nothing. */
export function findGroupIn(groups: readonly ErrorGroup[], id: string): FoundGroup {
  const exact = groups.find((group) => idsOf(group).includes(id));
  if (exact !== undefined) return { group: exact };
  const [only, ...others] = groups.filter((group) => idsOf(group).some((one) => one.startsWith(id)));
  if (only === undefined) return { among: [] };
  return others.length === 0 ? { group: only } : { among: [only, ...others] };
}

function idsOf({ id, merged }: ErrorGroup): string[] {
  return [id, ...merged.map((one) => one.id)];
}
