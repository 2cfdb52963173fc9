import { destination, type Logger, pino } from 'pino';

/** The shop's log, one JSON object a line. `timestamp` and `sync` are for whoever writes of another time than now. */
export function createShopLog(path: string, past: { timestamp?: () => string; sync?: true } = {}): Logger {
  const { timestamp, sync = false } = past;
  return pino(
    {
      level: 'info',
      redact: ['req.headers.authorization'],
      ...(timestamp === undefined ? {} : { timestamp }),
    },
    destination({ dest: path, mkdir: true, sync, ...(sync ? { minLength: 8_192 } : {}) }),
  );
}
