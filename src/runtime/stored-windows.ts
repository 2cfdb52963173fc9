import { z } from 'zod';
import { RearguardError } from '../core/errors.ts';
import { nearestName } from '../core/suggest.ts';
import type { StoredWindow } from '../store/alert-store.ts';
import type { Store } from '../store/store.ts';

export const windowDataSchema = z.object({
  id: z.string(),
  kind: z.enum(['silence', 'maintenance']),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Empty: everything. */
  subjects: z.array(z.string()),
  reason: z.string(),
});

export function windowData({
  id,
  kind,
  fromMs,
  toMs,
  subjects,
  reason,
}: StoredWindow): z.infer<typeof windowDataSchema> {
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  return { id, kind, from, to, subjects: [...subjects], reason };
}

/** `silence-3f9a1c`, `work-3f9a1c`: short, because people type it. */
export function windowId(kind: StoredWindow['kind'], random: () => number): string {
  return `${kind === 'silence' ? 'silence' : 'work'}-${Math.floor(random() * 2 ** 24)
    .toString(16)
    .padStart(6, '0')}`;
}

/** By its id or an unambiguous beginning of it. Throws E_WINDOW_UNKNOWN with the nearest id. */
export function findWindow(
  store: Pick<Store, 'windows'>,
  kind: StoredWindow['kind'],
  id: string,
): StoredWindow {
  const all = store.windows.list({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }, kind);
  const exact = all.find((window) => window.id === id);
  const alike = id === '' ? [] : all.filter((window) => window.id.startsWith(id));
  const [only] = alike;
  if (exact) return exact;
  if (only && alike.length === 1) return only;
  const nearest = nearestName(
    id,
    all.map((window) => window.id),
  );
  throw new RearguardError('E_WINDOW_UNKNOWN', {
    what: kind === 'silence' ? 'silence' : 'maintenance window',
    id,
    nearest: nearest === undefined ? '' : ` Did you mean ${nearest}?`,
    list: kind === 'silence' ? 'rearguard alerts' : 'rearguard maintenance list',
  });
}

/** `shop, payment`, or `everything`. */
export function subjectsText(subjects: readonly string[]): string {
  return subjects.length === 0 ? 'everything' : subjects.join(', ');
}
