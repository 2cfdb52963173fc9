import { type Assessment, emptyAssessment, mergeAssessments } from '../../../core/assessment.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { Evidence } from '../../../core/finding.ts';
import type { Severity } from '../../../core/severity.ts';
import { formatSize } from '../../../core/size.ts';
import type { Replication } from '../../_shared/database/postgres/replication.ts';
import type { ReplicationSlot } from '../../_shared/database/postgres/slots.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { TrackerOptions } from '../options.ts';
import { RULES } from '../rules.ts';
import { notRead } from './coverage.ts';
import type { LiveFacts } from './facts.ts';
import { liveCheck, trackerFinding } from './finding.ts';

/** Bytes alone say that it is behind only when they are many: a bulk load is far ahead for a moment. */
const CERTAIN_SIZE_FACTOR = 4;
/** An inactive slot that keeps this many times the threshold fills a disk. */
const CRITICAL_RETAINED_FACTOR = 10;

export function assessReplication(facts: LiveFacts, options: TrackerOptions): Assessment {
  return mergeAssessments([assessLag(facts, options), assessSlots(facts, options)]);
}

/** Someone who is behind; the time is null where it was never measured. */
interface Lag {
  who: string;
  lagMs: number | null;
  lagBytes: number | null;
  evidence: Evidence[];
}

function assessLag({ target, replication }: LiveFacts, options: TrackerOptions): Assessment {
  const rule = RULES.replicationLag;
  const subject = databaseSubject(target);
  if (!replication.known)
    return { ...emptyAssessment(), notChecked: [notRead(replication, subject, [rule])] };
  const behind = lagsOf(replication.value)
    .filter((lag) => isBehind(lag, options.replication))
    .toSorted((a, b) => (b.lagBytes ?? 0) - (a.lagBytes ?? 0));
  const [worst] = behind;
  if (worst === undefined) return { ...emptyAssessment(), checked: [{ subject, rule }] };
  return {
    findings: [
      trackerFinding(rule, subject, {
        title: `${worst.who} is behind`,
        confidence: 'proven',
        evidence: [
          ...(worst.lagMs === null ? [] : [{ label: 'behind by', value: formatDuration(worst.lagMs) }]),
          ...(worst.lagBytes === null ? [] : [{ label: 'log to replay', value: formatSize(worst.lagBytes) }]),
          ...worst.evidence,
          ...(behind.length > 1 ? [{ label: 'others behind', value: behind.length - 1 }] : []),
        ],
        impact: {
          summary: 'Reads there see old rows, and a failover now would lose what is not there yet.',
          basis: 'measured',
        },
        steps: [
          'Compare write, flush and replay: late writes are the network, late flushes its disk, late replay a query or a lock on the standby.',
          'On the standby, see pg_stat_activity for long queries: replay waits for them up to max_standby_streaming_delay.',
        ],
        check: liveCheck(target),
      }),
    ],
    checked: [{ subject, rule }],
    notChecked: [],
  };
}

function lagsOf({ senders, replayLagMs, replayLagBytes }: Replication): Lag[] {
  const sent = senders
    // A base backup fetches files, and is behind by nature.
    .filter(({ state }) => state === 'streaming' || state === 'catchup')
    .map(({ application, client, state, synchronous, replayLagMs: lagMs, lagBytes, flushLagMs }) => ({
      who: `The standby ${application}`,
      lagMs,
      lagBytes,
      evidence: [
        { label: 'state', value: `${state}, ${synchronous}` },
        ...(client === null ? [] : [{ label: 'at', value: client }]),
        ...(flushLagMs === null ? [] : [{ label: 'flushed after', value: formatDuration(flushLagMs) }]),
      ],
    }));
  const own =
    replayLagMs === null && replayLagBytes === null
      ? []
      : [{ who: 'This standby', lagMs: replayLagMs, lagBytes: replayLagBytes, evidence: [] }];
  return [...sent, ...own];
}

function isBehind(
  { lagMs, lagBytes }: Lag,
  { lag, lagSize }: Pick<TrackerOptions['replication'], 'lag' | 'lagSize'>,
): boolean {
  if (lagMs !== null && lagMs >= lag) return true;
  if (lagBytes === null || lagBytes < lagSize) return false;
  return lagMs === null || lagBytes >= CERTAIN_SIZE_FACTOR * lagSize;
}

function assessSlots({ target, slots }: LiveFacts, options: TrackerOptions): Assessment {
  const rule = RULES.slotRetainsWal;
  const subject = databaseSubject(target);
  if (!slots.known) return { ...emptyAssessment(), notChecked: [notRead(slots, subject, [rule])] };
  const { retained } = options.replication;
  const keeping = slots.value
    .filter(({ temporary, retainedBytes }) => !temporary && (retainedBytes ?? 0) >= retained)
    .toSorted((a, b) => (b.retainedBytes ?? 0) - (a.retainedBytes ?? 0));
  const [worst] = keeping;
  if (worst === undefined) return { ...emptyAssessment(), checked: [{ subject, rule }] };
  const statement = `SELECT pg_drop_replication_slot('${worst.name.replaceAll("'", "''")}');`;
  return {
    findings: [
      trackerFinding(rule, subject, {
        title: `The replication slot ${worst.name} keeps log that nobody fetches`,
        severity: slotSeverity(worst, retained),
        confidence: 'proven',
        evidence: [
          { label: 'log kept', value: formatSize(worst.retainedBytes ?? 0) },
          { label: 'kind', value: worst.plugin === null ? worst.kind : `${worst.kind}, ${worst.plugin}` },
          { label: 'read from', value: worst.active ? 'yes' : 'no' },
          ...(worst.inactiveMs === null
            ? []
            : [{ label: 'unused for', value: formatDuration(worst.inactiveMs) }]),
          ...(worst.walStatus === null ? [] : [{ label: 'state of its log', value: worst.walStatus }]),
          ...(worst.safeBytes === null
            ? []
            : [{ label: 'until it is lost', value: formatSize(Math.max(0, worst.safeBytes)) }]),
          ...(keeping.length > 1 ? [{ label: 'other such slots', value: keeping.length - 1 }] : []),
        ],
        impact: {
          summary:
            worst.safeBytes === null
              ? 'It grows with every write until the disk is full and the server stops.'
              : 'Once max_slot_wal_keep_size is reached, the slot is lost and its consumer must be built anew.',
          basis: 'measured',
        },
        steps: worst.active
          ? ['Its consumer reads too slowly: see what it waits for.']
          : [
              'Start its consumer again if it is to come back.',
              `When it is gone for good: \`${statement}\` The consumer cannot go on from it afterwards.`,
              "As a safety net: ALTER SYSTEM SET max_slot_wal_keep_size = '10GB';",
            ],
        patch: worst.active ? null : statement,
        check: liveCheck(target),
      }),
    ],
    checked: [{ subject, rule }],
    notChecked: [],
  };
}

function slotSeverity({ active, retainedBytes }: ReplicationSlot, retained: number): Severity {
  if (active) return 'medium';
  return (retainedBytes ?? 0) >= CRITICAL_RETAINED_FACTOR * retained ? 'critical' : 'high';
}
