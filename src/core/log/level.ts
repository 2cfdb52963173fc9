/** Levels in the order of OpenTelemetry's severity groups; a record keeps the index, so that levels compare and count in typed arrays. */
export const LOG_LEVELS = ['unknown', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevelName = (typeof LOG_LEVELS)[number];

/** Index into LOG_LEVELS. */
export type LogLevel = 0 | 1 | 2 | 3 | 4 | 5 | 6;

export const LEVEL = { unknown: 0, trace: 1, debug: 2, info: 3, warn: 4, error: 5, fatal: 6 } as const;

export function levelName(level: LogLevel): LogLevelName {
  return LOG_LEVELS[level];
}
