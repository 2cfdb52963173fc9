import { RearguardError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { nearestName } from '../core/suggest.ts';
import type { Store } from '../store/store.ts';

/** A finding by its id or an unambiguous beginning of it; throws E_FINDING_UNKNOWN with the nearest id. */
export function findFinding(store: Store, id: string): Finding {
  const finding = store.findings.get(id);
  if (finding) return finding;
  const known = store.findings.list({ includeMuted: true }).map((candidate) => candidate.id);
  const alike = known.filter((candidate) => candidate.startsWith(id));
  const nearest = alike.length > 1 ? alike.slice(0, 5).join(', ') : nearestName(id, known);
  throw new RearguardError('E_FINDING_UNKNOWN', {
    id,
    nearest: nearest === undefined ? '' : ` Did you mean ${nearest}?`,
  });
}
