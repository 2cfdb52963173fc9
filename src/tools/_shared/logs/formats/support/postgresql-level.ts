import { LEVEL, type LogLevel } from '../../../../../core/log/level.ts';
import { ascii } from './bytes.ts';

/** https://www.postgresql.org/docs/current/runtime-config-logging.html, table of severity levels; a fatal error ends the session, not the server. */
const SEVERITIES: readonly { name: Uint8Array; level: LogLevel }[] = (
  [
    ['LOG', LEVEL.info],
    ['ERROR', LEVEL.error],
    ['FATAL', LEVEL.fatal],
    ['PANIC', LEVEL.fatal],
    ['WARNING', LEVEL.warn],
    ['NOTICE', LEVEL.info],
    ['INFO', LEVEL.info],
    ['DEBUG', LEVEL.debug],
    ['DEBUG1', LEVEL.debug],
    ['DEBUG2', LEVEL.debug],
    ['DEBUG3', LEVEL.trace],
    ['DEBUG4', LEVEL.trace],
    ['DEBUG5', LEVEL.trace],
  ] as const
).map(([name, level]) => ({ name: ascii(name), level }));

/** Level of a severity as the server writes it; `unknown` for other words, such as DETAIL. */
export function levelOfPostgresql(bytes: Uint8Array, start: number, end: number): LogLevel {
  for (const { name, level } of SEVERITIES) {
    if (name.length !== end - start) continue;
    let index = 0;
    while (index < name.length && bytes[start + index] === name[index]) index += 1;
    if (index === name.length) return level;
  }
  return LEVEL.unknown;
}
