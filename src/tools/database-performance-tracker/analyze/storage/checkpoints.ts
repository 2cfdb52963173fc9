import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { formatDuration } from '../../../../core/duration.ts';
import { formatSize } from '../../../../core/size.ts';
import { databaseSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { trackerFinding } from '../finding.ts';
import { analyzeCheck, bothEnds, grown, type Look, whereKnown } from '../look.ts';

const MIN_REQUESTED = 2;
/** Log that a forced checkpoint stands for, as a share of max_wal_size: half of it and less; less still was asked for by hand. */
const MIN_WAL_SHARE = 0.25;

const RULE = RULES.checkpointsForced;

export interface CheckpointsInWindow {
  timed: number;
  requested: number;
  pages: number;
  writeMs: number;
  /** null: not readable. */
  walBytes: number | null;
  seconds: number;
}

/** null where it is not known. */
export function checkpointsIn(look: Look): CheckpointsInWindow | null {
  const ends = bothEnds(look, 'checkpoints');
  if (!ends.known) return null;
  const { before, after, seconds } = ends.value;
  const wal = bothEnds(look, 'wal');
  return {
    timed: grown(before.timed, after.timed),
    requested: grown(before.requested, after.requested),
    pages: grown(before.checkpointPages, after.checkpointPages),
    writeMs: grown(before.writeMs, after.writeMs),
    walBytes: wal.known ? Math.max(0, wal.value.after.positionBytes - wal.value.before.positionBytes) : null,
    seconds,
  };
}

export function assessCheckpoints(look: Look): Assessment {
  return whereKnown(look, [RULE], bothEnds(look, 'checkpoints'), () => {
    const subject = databaseSubject(look.target);
    const assessment = emptyAssessment();
    assessment.checked.push({ subject, rule: RULE });
    const now = checkpointsIn(look);
    const maxWal = maxWalSize(look);
    if (now === null || !areForced(now, maxWal)) return assessment;
    const wantedBytes = wantedWalSize(look, now);
    assessment.findings.push(
      trackerFinding(RULE, subject, {
        title: `${now.requested} of ${now.requested + now.timed} checkpoints were forced by the amount of log`,
        evidence: [
          { label: 'checkpoints', value: now.requested, unit: `requested, ${now.timed} by their timer` },
          { label: 'window', value: formatDuration(now.seconds * 1_000) },
          { label: 'log written', value: now.walBytes === null ? 'not measured' : formatSize(now.walBytes) },
          { label: 'max_wal_size', value: maxWal === null ? 'not known' : formatSize(maxWal) },
          { label: 'pages written by checkpoints', value: now.pages },
        ],
        impact: {
          summary:
            'After each checkpoint the first change of a page writes the whole page into the log, so frequent ones write more.',
          basis: 'modelled',
        },
        steps: [
          'The disk of the log needs room for it. Recovery after a crash takes longer, as long as replaying that much takes.',
          'SELECT pg_reload_conf(); brings it into force.',
        ],
        ...(wantedBytes === null
          ? {}
          : { patch: `ALTER SYSTEM SET max_wal_size = '${Math.ceil(wantedBytes / 2 ** 30)}GB';` }),
        check: analyzeCheck(look.target, RULE, subject),
      }),
    );
    return assessment;
  });
}

export function areForced(
  { requested, timed, walBytes }: CheckpointsInWindow,
  maxWal: number | null,
): boolean {
  if (requested < MIN_REQUESTED || requested <= timed) return false;
  // CHECKPOINT by hand, a backup and a shutdown count as requested, too; only much log tells them apart.
  return walBytes !== null && maxWal !== null && walBytes >= MIN_WAL_SHARE * maxWal * requested;
}

export function maxWalSize({ end }: Look): number | null {
  return end.parts.settings.known ? (end.parts.settings.value.get('max_wal_size')?.number ?? null) : null;
}

/** Room for what is written between two timed checkpoints, twice over: they begin at about half of it. */
function wantedWalSize({ end }: Look, { walBytes, seconds }: CheckpointsInWindow): number | null {
  if (walBytes === null || !end.parts.settings.known) return null;
  const timeoutMs = end.parts.settings.value.get('checkpoint_timeout')?.number ?? 300_000;
  return Math.max(2 * (walBytes / seconds) * (timeoutMs / 1_000), 2 * (maxWalSize({ end } as Look) ?? 0));
}
