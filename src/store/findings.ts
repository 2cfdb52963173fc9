import type { Coverage } from '../core/coverage.ts';
import { compareFindings, type Finding } from '../core/finding.ts';
import type { Clock } from '../platform/clock.ts';
import type { Connection } from './connection.ts';
import { type FoundState, stateWhenFound, visibleState } from './finding-state.ts';
import type { FindingChange, FindingStore, IdentifiedDraft, Mute } from './store.ts';

interface FindingRow {
  fingerprint: string;
  tool: string;
  state: FoundState;
  first_seen_ms: number;
  last_seen_ms: number;
  muted: number;
  mute_until_ms: number | null;
  mute_reason: string | null;
  draft: string;
}

export function createFindingStore(connection: Connection, clock: Pick<Clock, 'wallMs'>): FindingStore {
  const selectOne = connection.prepare<FindingRow>('SELECT * FROM findings WHERE fingerprint = ?');
  const selectStanding = connection.prepare<FindingRow>(
    "SELECT * FROM findings WHERE tool = ? AND state <> 'resolved'",
  );
  const selectAll = connection.prepare<FindingRow>('SELECT * FROM findings WHERE tool = coalesce(?, tool)');
  const selectByPrefix = connection.prepare<FindingRow>(
    'SELECT * FROM findings WHERE substr(key, 1, length(?1)) = ?1 LIMIT 2',
  );
  const upsert = connection.prepare(`
    INSERT INTO findings (fingerprint, key, tool, state, first_seen_ms, last_seen_ms, draft) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (fingerprint) DO UPDATE SET
      state = excluded.state, last_seen_ms = excluded.last_seen_ms, draft = excluded.draft`);
  const resolve = connection.prepare("UPDATE findings SET state = 'resolved' WHERE fingerprint = ?");
  const recordChange = connection.prepare(
    'INSERT INTO finding_changes (fingerprint, at_ms, state) VALUES (?, ?, ?)',
  );
  const selectChanges = connection.prepare<FindingRow & { at_ms: number; change: FindingChange['state'] }>(`
    SELECT findings.*, finding_changes.at_ms, finding_changes.state AS change
    FROM finding_changes JOIN findings USING (fingerprint)
    WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms, position`);
  const setMute = connection.prepare(
    'UPDATE findings SET muted = ?, mute_until_ms = ?, mute_reason = ? WHERE fingerprint = ?',
  );

  function fold(tool: string, draft: IdentifiedDraft, nowMs: number): Finding {
    const before = selectOne.get(draft.fingerprint);
    const row: FindingRow = {
      fingerprint: draft.fingerprint,
      tool,
      state: stateWhenFound(before?.state, before?.last_seen_ms === nowMs),
      first_seen_ms: before?.first_seen_ms ?? nowMs,
      // A clock that was set back does not make a finding seen before it was first seen.
      last_seen_ms: Math.max(nowMs, before?.last_seen_ms ?? nowMs),
      muted: before?.muted ?? 0,
      mute_until_ms: before?.mute_until_ms ?? null,
      mute_reason: before?.mute_reason ?? null,
      draft: JSON.stringify(draft),
    };
    upsert.run(
      row.fingerprint,
      longId(draft),
      tool,
      row.state,
      row.first_seen_ms,
      row.last_seen_ms,
      row.draft,
    );
    if (row.state !== 'ongoing' && row.state !== before?.state) {
      recordChange.run(row.fingerprint, nowMs, row.state);
    }
    return toFinding(row, nowMs);
  }

  function findByPrefix(prefix: string): FindingRow | undefined {
    const matches = prefix === '' ? [] : selectByPrefix.all(prefix);
    return matches.length === 1 ? matches[0] : undefined;
  }

  function applyMute(id: string, mute: Mute | undefined): boolean {
    return connection.transaction(() => {
      const row = findByPrefix(id);
      if (row === undefined) return false;
      setMute.run(mute === undefined ? 0 : 1, mute?.untilMs ?? null, mute?.reason ?? null, row.fingerprint);
      return true;
    });
  }

  function get(id: string): Finding | undefined {
    const row = findByPrefix(id);
    return row && toFinding(row, clock.wallMs());
  }

  return {
    apply({ tool, coverage, found, nowMs }) {
      return connection.transaction(() => {
        const drafts = new Map(found.map((draft) => [draft.fingerprint, draft]));
        const verdicts = verdictKeys(coverage);
        const gone = selectStanding
          .all(tool)
          .map((row) => toFinding({ ...row, state: 'resolved' }, nowMs))
          .filter((finding) => !drafts.has(finding.fingerprint) && verdicts.has(verdictKey(finding)));
        for (const { fingerprint } of gone) {
          resolve.run(fingerprint);
          recordChange.run(fingerprint, nowMs, 'resolved');
        }
        return [...[...drafts.values()].map((draft) => fold(tool, draft, nowMs)), ...gone];
      });
    },

    get,

    list(filter = {}) {
      const { tool, states, includeMuted = false } = filter;
      const nowMs = clock.wallMs();
      return selectAll
        .all(tool ?? null)
        .map((row) => toFinding(row, nowMs))
        .filter((finding) => {
          if (finding.state === 'muted' && includeMuted) return true;
          return states === undefined ? finding.state !== 'muted' : states.includes(finding.state);
        })
        .sort(compareFindings);
    },

    mute: (id, until, reason) => applyMute(id, { untilMs: until, reason }),
    unmute: (id) => applyMute(id, undefined),
    muteOf(id) {
      const row = findByPrefix(id);
      return row && toMute(row);
    },
    origin: (id) => get(id)?.verify.check,
    changes({ fromMs, toMs }) {
      const nowMs = clock.wallMs();
      return selectChanges
        .all(fromMs, toMs)
        .map((row) => ({ atMs: row.at_ms, state: row.change, finding: toFinding(row, nowMs) }));
    },
  };
}

function toFinding(row: FindingRow, nowMs: number): Finding {
  const draft = JSON.parse(row.draft) as IdentifiedDraft;
  return {
    ...draft,
    state: visibleState(row.state, toMute(row), nowMs),
    firstSeen: new Date(row.first_seen_ms).toISOString(),
    lastSeen: new Date(row.last_seen_ms).toISOString(),
  };
}

function toMute(row: FindingRow): Mute | undefined {
  if (row.muted === 0) return undefined;
  return { untilMs: row.mute_until_ms ?? undefined, reason: row.mute_reason ?? '' };
}

/** `db-3f9a1c20` and the rest of the fingerprint. */
function longId({ id, fingerprint }: Pick<Finding, 'id' | 'fingerprint'>): string {
  return id.slice(0, id.lastIndexOf('-') + 1) + fingerprint;
}

/** Every rule and subject this run came to a verdict about; the same as `covers`, for many findings at once. */
function verdictKeys(coverage: Coverage): Set<string> {
  return new Set(
    coverage.checked.flatMap(({ subject, rules }) => rules.map((rule) => verdictKey({ rule, subject }))),
  );
}

function verdictKey({ rule, subject }: Pick<Finding, 'rule' | 'subject'>): string {
  return JSON.stringify([rule, subject.kind, subject.name]);
}
