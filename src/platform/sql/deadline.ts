import { formatDuration } from '../../core/duration.ts';

/** The server did not answer in time, so the connection was given up. */
export class DeadlineError extends Error {
  constructor(limitMs: number) {
    super(`no answer within ${formatDuration(limitMs)}`);
    this.name = 'DeadlineError';
  }
}
