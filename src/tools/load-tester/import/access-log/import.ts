import { basename } from 'node:path';
import { formatDuration } from '../../../../core/duration.ts';
import type { Imported } from '../imported.ts';
import { type LogContext, tallyNotes } from './read-log.ts';
import { SESSION_GAP_MS } from './sessions.ts';
import { type LogSurvey, surveyLog } from './survey.ts';
import { requestScenario, sessionScenario } from './to-scenario.ts';

/** Of a longer log, this much is taken where nothing else is said. */
const DEFAULT_WINDOW_MS = 600_000;

export const ARRIVALS_FILE = 'arrivals.csv';

export interface AccessLogOptions {
  /** Name of the target, for notes. */
  target: string;
  /** Each request at its own time, instead of sessions at the log's rates. */
  replay: boolean;
  /** The busiest span of so much of the log; default: ten minutes. */
  windowMs?: number | undefined;
}

/**
 * A scenario from an access log of any size, plain or gzip. Throws E_IMPORT, E_FILE_UNREADABLE.
 * Requests of one address and user agent with less than 30 minutes between them are a session.
 */
export async function importAccessLog(
  ctx: LogContext,
  path: string,
  { target, replay, windowMs = DEFAULT_WINDOW_MS }: AccessLogOptions,
): Promise<Imported> {
  const survey = await surveyLog(ctx, path, { replay, windowMs });
  const notes = tallyNotes(target, survey.tally);
  if (survey.beyond > 0) {
    notes.push({
      subject: { kind: 'target', name: target },
      rules: [],
      reason: `${survey.beyond} requests of the log are of other endpoints than the first ${survey.endpoints.length}`,
      hint: 'They are left out.',
    });
  }
  const base = { source: sourceText(path, survey), notes };
  const name = basename(path).replace(/\.gz$/, '');
  if (!replay) {
    const { tables, ...parts } = sessionScenario(survey);
    return { ...base, document: { name, ...parts }, tables };
  }
  const { tables, ...parts } = requestScenario(survey);
  const { fromMs } = survey.window;
  return {
    ...base,
    document: { name, model: { kind: 'replay', file: ARRIVALS_FILE }, ...parts },
    tables,
    times: { atMs: survey.atMs.map((atMs) => atMs - fromMs), scenario: survey.endpointOf },
  };
}

function sourceText(path: string, { tally, sessions, window, spanMs }: LogSurvey): string {
  const windowMs = window.toMs - window.fromMs;
  const part = windowMs < spanMs ? `, its busiest ${formatDuration(windowMs)}` : '';
  return `${basename(path)}: ${tally.requests} requests in ${sessions.sessions} sessions (gap ${SESSION_GAP_MS / 60_000} min)${part}`;
}
