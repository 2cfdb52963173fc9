import type { Session } from '../core/session.ts';
import type { TimeRange } from './store.ts';

export interface SessionStore {
  /** Adds it, unless another one is open: that is returned then, and nothing was added. */
  begin(session: Session): Session | undefined;
  get(id: string): Session | undefined;
  /** The one that has not ended; the newest, should there be several. */
  open(): Session | undefined;
  /** Begun in this range, newest first. */
  list(range: TimeRange): Session[];
  /** Reads, changes and saves in one transaction, so that of two processes none loses what the other noted. */
  update(id: string, change: (session: Session) => Session): Session | undefined;
}
