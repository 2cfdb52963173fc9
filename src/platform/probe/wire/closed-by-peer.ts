import { classifyFailure } from '../failure.ts';

/** Whether a wait ended because the other side closed or reset the connection. Some protocols have no other word for "no". */
export function isClosedByPeer(error: unknown): boolean {
  return classifyFailure(error, 'transfer').cause === 'reset';
}
