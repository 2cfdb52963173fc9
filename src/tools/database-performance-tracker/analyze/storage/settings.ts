import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { formatDuration } from '../../../../core/duration.ts';
import type { Evidence } from '../../../../core/finding.ts';
import type { Severity } from '../../../../core/severity.ts';
import { percent } from '../../../../core/rounding.ts';
import { formatSize } from '../../../../core/size.ts';
import type { Settings } from '../../../_shared/database/postgres/settings.ts';
import { settingSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { trackerFinding } from '../finding.ts';
import { analyzeCheck, bothEnds, type Look, whereKnown } from '../look.ts';
import { foreignSessions, isIdleInTransaction, nameOf } from '../sessions.ts';
import { suggested } from '../statements/spills.ts';
import { readsOf } from './cache.ts';

/** Statements and bytes that must have spilled before the setting, and not one query, is to blame. */
const SPILLING_STATEMENTS = 3;
const SPILLED_BYTES = 100_000_000;
/** A cache that is called too small: what is read into it again, how much, and over how long a window. */
const SMALL_BUFFERS_BYTES = 134_217_728;
const MISS_SHARE = 0.2;
const MISS_BYTES_PER_SECOND = 16_000_000;
const MISS_SECONDS = 60;

const RULE = RULES.settingContradicted;

/** What the evidence says against one setting. */
interface Contradiction {
  name: string;
  title: string;
  severity: Severity;
  evidence: Evidence[];
  impact: string;
  steps: string[];
  patch: string;
}

/** Looks at one setting; null: nothing speaks against it, `unknown`: what it would be judged by could not be read. */
type Judge = (settings: Settings, look: Look) => Contradiction | 'unknown' | null;

const RELOAD = 'SELECT pg_reload_conf(); brings it into force.';

const JUDGES: Readonly<Record<string, Judge>> = {
  autovacuum: switchedOff({
    name: 'autovacuum',
    severity: 'high',
    impact: 'Dead rows stay, statistics grow old, and transaction ids run out in the end.',
  }),
  track_counts: switchedOff({
    name: 'track_counts',
    severity: 'high',
    impact: 'Autovacuum does not know what changed, and neither does anybody else.',
  }),
  fsync: switchedOff({
    name: 'fsync',
    severity: 'critical',
    whereLocal: 'info',
    impact: 'A crash of the machine can destroy the whole database.',
  }),
  full_page_writes: switchedOff({
    name: 'full_page_writes',
    severity: 'high',
    whereLocal: 'info',
    impact: 'A crash of the machine can leave pages half written, which nothing mends.',
  }),
  track_io_timing: switchedOff({
    name: 'track_io_timing',
    severity: 'info',
    impact: 'Whether a statement computes or waits for its disk cannot be told.',
  }),
  work_mem: judgeWorkMem,
  shared_buffers: judgeSharedBuffers,
  idle_in_transaction_session_timeout: judgeIdleTimeout,
};

export function assessSettings(look: Look): Assessment {
  return whereKnown(look, [RULE], look.end.parts.settings, (settings) => {
    const assessment = emptyAssessment();
    for (const [name, judge] of Object.entries(JUDGES)) {
      const subject = settingSubject(look.target, name);
      const said = settings.has(name) ? judge(settings, look) : 'unknown';
      if (said === 'unknown') continue;
      assessment.checked.push({ subject, rule: RULE });
      if (said === null) continue;
      const { title, severity, evidence, impact, steps, patch } = said;
      assessment.findings.push(
        trackerFinding(RULE, subject, {
          title,
          severity,
          confidence: 'likely',
          evidence,
          impact: { summary: impact, basis: 'modelled' },
          steps,
          patch,
          check: analyzeCheck(look.target, RULE, subject),
        }),
      );
    }
    return assessment;
  });
}

function switchedOff({
  name,
  severity,
  whereLocal = severity,
  impact,
}: {
  name: string;
  severity: Severity;
  whereLocal?: Severity;
  impact: string;
}): Judge {
  return (settings, { isLocal }) => {
    const setting = settings.get(name);
    if (setting?.value !== 'off') return null;
    return {
      name,
      title: `${name} is off`,
      severity: isLocal ? whereLocal : severity,
      evidence: [
        { label: name, value: 'off', unit: `from: ${setting.source}` },
        ...(isLocal && whereLocal !== severity
          ? [{ label: 'where', value: 'on this machine: fine for data that may be lost' }]
          : []),
      ],
      impact,
      steps: [RELOAD],
      patch: `ALTER SYSTEM SET ${name} = on;`,
    };
  };
}

function judgeWorkMem(settings: Settings, { statements, end }: Look): Contradiction | 'unknown' | null {
  if (!statements.known) return 'unknown';
  const block = end.server.blockBytes;
  const spilling = statements.value.statements
    .filter(({ topLevel, tempWritten }) => topLevel && tempWritten > 0)
    .map(({ tempWritten, calls }) => ({ bytes: tempWritten * block, perCall: (tempWritten * block) / calls }))
    .toSorted((a, b) => b.perCall - a.perCall);
  const total = spilling.reduce((sum, { bytes }) => sum + bytes, 0);
  if (spilling.length < SPILLING_STATEMENTS || total < SPILLED_BYTES) return null;
  // Enough for most of them; the largest one deserves a setting of its own.
  const most = spilling[Math.floor(spilling.length / 4)]?.perCall ?? 0;
  const connections = settings.get('max_connections')?.value ?? 'the number of connections';
  return {
    name: 'work_mem',
    title: `${spilling.length} statements spill under work_mem = ${settings.get('work_mem')?.shown ?? ''}`,
    severity: 'medium',
    evidence: [
      { label: 'statements that spill', value: spilling.length },
      { label: 'temporary files', value: formatSize(total), unit: 'in the window' },
      { label: 'largest a call', value: formatSize(spilling[0]?.perCall ?? 0) },
      { label: 'work_mem', value: settings.get('work_mem')?.shown ?? '' },
    ],
    impact: 'Sorts and hashes are written to files and read again.',
    steps: [
      `Each sort or hash of each connection may take this much: times ${connections} it must fit into memory.`,
      'For a role alone: ALTER ROLE reporting SET work_mem = …;',
      RELOAD,
    ],
    patch: `ALTER SYSTEM SET work_mem = '${suggested(most)}';`,
  };
}

function judgeSharedBuffers(settings: Settings, look: Look): Contradiction | 'unknown' | null {
  const ends = bothEnds(look, 'tables');
  const bytes = settings.get('shared_buffers')?.number ?? null;
  if (!ends.known || bytes === null || ends.value.seconds < MISS_SECONDS) return 'unknown';
  if (bytes > SMALL_BUFFERS_BYTES) return null;
  const { before, after, seconds } = ends.value;
  const block = look.end.server.blockBytes;
  const again = readsOf(before, after, seconds).filter(
    ({ table, read }) => table.totalBytes !== null && read * block > 2 * table.totalBytes,
  );
  const read = again.reduce((sum, one) => sum + one.read, 0);
  const all = again.reduce((sum, one) => sum + one.read + one.hit, 0);
  const hotBytes = again.reduce((sum, { table }) => sum + (table.totalBytes ?? 0), 0);
  if (all === 0 || read / all < MISS_SHARE || (read * block) / seconds < MISS_BYTES_PER_SECOND) return null;
  return {
    name: 'shared_buffers',
    title: `The same tables are read into shared_buffers = ${settings.get('shared_buffers')?.shown ?? ''} again and again`,
    severity: 'low',
    evidence: [
      {
        label: 'read into the cache',
        value: formatSize(read * block),
        unit: `in ${formatDuration(seconds * 1_000)}`,
      },
      { label: 'of tables with', value: formatSize(hotBytes) },
      { label: 'not found in the cache', value: percent(read / all), unit: '%' },
    ],
    impact: 'Pages are copied from the operating system each time, at best.',
    steps: [
      'Give it room for these tables if the machine has the memory; a restart is needed.',
      'Compare this figure again afterwards.',
    ],
    patch: `ALTER SYSTEM SET shared_buffers = '${Math.ceil((2 * hotBytes) / 2 ** 20)}MB';`,
  };
}

function judgeIdleTimeout(settings: Settings, { sessions, options }: Look): Contradiction | 'unknown' | null {
  if (!sessions.known) return 'unknown';
  if (settings.get('idle_in_transaction_session_timeout')?.value !== '0') return null;
  const idle = foreignSessions(sessions.value).filter(
    (one) => isIdleInTransaction(one) && (one.stateMs ?? 0) >= options.transactions.idle,
  );
  const [longest] = idle.toSorted((a, b) => (b.stateMs ?? 0) - (a.stateMs ?? 0));
  if (longest === undefined) return null;
  return {
    name: 'idle_in_transaction_session_timeout',
    title: 'Nothing ends transactions that sit idle',
    severity: 'info',
    evidence: [
      { label: 'idle in a transaction', value: idle.length, unit: 'sessions' },
      { label: 'longest', value: formatDuration(longest.stateMs ?? 0), sample: nameOf(longest) },
    ],
    impact: 'They keep their locks, and the row versions they might still need, for as long as they like.',
    steps: ['Choose more than any honest transaction pauses.', RELOAD],
    patch: "ALTER SYSTEM SET idle_in_transaction_session_timeout = '5min';",
  };
}
