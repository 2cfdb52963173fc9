import { EMPTY_COVERAGE } from '../../../core/coverage.ts';
import type { CommandContext } from '../../context.ts';
import type { LiveView, ReportDraft } from '../../define.ts';
import { lastHour, liveRange, liveRangeOfFiles } from '../analyze/live/range.ts';
import { spanOf } from '../analyze/segments/queries.ts';
import { windowOf } from '../analyze/segments/window.ts';
import { coverageOfGroups } from '../collect/coverage.ts';
import { concludeErrors } from '../collect/errors.ts';
import { readLastHour } from '../collect/last-hour.ts';
import { type LogsRead, readLogs } from '../collect/read-logs.ts';
import { unreadBytes } from '../collect/unread-bytes.ts';
import type { ErrorOptions } from '../options.ts';
import { emergencyReport, type EmergencyScene, emergencySections } from './emergency-view.ts';
import type { EmergencyInput } from './emergency.ts';
import { runLive } from './live-run.ts';
import { assessSession } from './live-session.ts';
import { readingGaps } from './reading-view.ts';

type Context = CommandContext<ErrorOptions>;

/** More than this takes longer to read than anybody wants to wait for the first screen. */
const BEARABLE_BYTES = 128 * 1024 * 1024;

/** While the rest is read, what is new shows in the ends of the files. */
const ENDS_EVERY_MS = 10_000;

const STDIN = '-';

/** A scene, and what stands behind it. */
interface Look {
  scene: EmergencyScene;
  read: LogsRead;
  /** All that was written has been read. */
  isWhole: boolean;
}

export async function* runEmergency(
  ctx: Context,
  asked: EmergencyInput,
): AsyncGenerator<LiveView, ReportDraft, void> {
  const { files } = asked;
  const isPiped = files.includes(STDIN);
  const isMuch = !isPiped && (await unreadBytes(ctx, asked)) > BEARABLE_BYTES;
  if (asked.once === true || !(ctx.watched || asked.for !== undefined)) {
    const look = isMuch ? await lookAtEnds(ctx, asked) : await lookAtAll(ctx, asked);
    return reportOf(ctx, look, files.length > 0);
  }
  let first = isMuch ? await lookAtEnds(ctx, asked) : null;
  let nextLookMs = ctx.clock.monotonicMs() + ENDS_EVERY_MS;
  const waiting = async (): Promise<LiveView | null> => {
    if (first === null) return ctx.watched ? READING : null;
    if (ctx.clock.monotonicMs() >= nextLookMs) {
      first = await lookAtEnds(ctx, asked);
      nextLookMs = ctx.clock.monotonicMs() + ENDS_EVERY_MS;
    }
    return viewOf(first.scene, []);
  };
  const session = yield* runLive(ctx, asked, {
    waiting,
    view: ({ found, looker }, changes) => viewOf({ found, hour: looker.hour(), files }, changes),
  });
  if (session.isPartial && first !== null) return reportOf(ctx, first, files.length > 0);
  const { found, looker, follower } = session;
  return emergencyReport({
    scene: { found, hour: looker.hour(), files },
    reading: follower.report(),
    coverage: () => assessSession(ctx, session).coverage,
    options: ctx.options,
  });
}

/** Everything: what the config lists is read on from where it was left, and kept. */
async function lookAtAll(ctx: Context, { files, format }: EmergencyInput): Promise<Look> {
  const nowMs = ctx.clock.wallMs();
  const { fromMs } = files.length > 0 ? { fromMs: Number.NEGATIVE_INFINITY } : liveRange(nowMs);
  const read = await readLogs(ctx, { files, format, range: { fromMs, toMs: Number.POSITIVE_INFINITY } });
  return { scene: sceneOf(ctx, read, files), read, isWhole: true };
}

async function lookAtEnds(ctx: Context, asked: EmergencyInput): Promise<Look> {
  const read = await readLastHour(ctx, asked);
  return { scene: sceneOf(ctx, read, asked.files), read, isWhole: false };
}

function sceneOf(ctx: Context, { documents, edges }: LogsRead, files: readonly string[]): EmergencyScene {
  const nowMs = ctx.clock.wallMs();
  const range = files.length > 0 ? liveRangeOfFiles(nowMs, spanOf(documents)) : liveRange(nowMs);
  const found = concludeErrors(ctx, documents, edges, range);
  return { found, hour: windowOf(documents, lastHour(range), edges), files };
}

function reportOf(ctx: Context, { scene, read, isWhole }: Look, isAlone: boolean): ReportDraft {
  const gaps = [
    ...readingGaps(read.report),
    ...(isWhole
      ? []
      : [
          {
            reason: 'Only the last hour was read, as there is much that was never read',
            hint: 'Read all of it once: rearguard errors analyze',
          },
        ]),
    ...read.notes.map((reason) => ({ reason })),
  ];
  return emergencyReport({
    scene,
    reading: read.report,
    coverage: (findings) =>
      scene.hour.records.length === 0
        ? { ...EMPTY_COVERAGE, notChecked: gaps }
        : coverageOfGroups(ctx, { findings, found: scene.found, isWhole: isWhole && !isAlone, gaps }),
    options: ctx.options,
  });
}

function viewOf(scene: EmergencyScene, changes: LiveView['changes']): LiveView {
  return { changes, sections: () => emergencySections(scene) };
}

const READING: LiveView = {
  changes: [],
  sections: () => [{ kind: 'text', text: 'reading …', tone: 'muted' }],
};
