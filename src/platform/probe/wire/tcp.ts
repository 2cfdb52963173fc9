import { ProbeFailure } from '../failure.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeFacts } from '../types.ts';
import { isClosedByPeer } from './closed-by-peer.ts';
import type { Conversation } from './conversation.ts';

/** Kept of an answer while looking for the expected text. */
const MAX_ANSWER_BYTES = 65_536;

/**
 * Any protocol, by what to send and what the answer must contain; with `send` alone any byte will do. A port that only
 * accepts is not healthy: a frozen process still does. Without both, a connection is all that is asked.
 */
export async function tcp(wire: Conversation, { send, expect }: WirePlan): Promise<ProbeFacts> {
  if (send !== undefined) wire.send(send);
  if (send === undefined && expect === undefined) return {};
  let received = await wire.readSome();
  while (!received.includes(expect ?? '')) {
    if (received.length >= MAX_ANSWER_BYTES) throw unexpected(expect, received);
    received = Buffer.concat([received, await more(wire, expect, received)]);
  }
  return { received: received.toString('utf8') };
}

/** An answer that ends without the expected text is another answer, not a broken connection. */
async function more(wire: Conversation, expect: string | undefined, received: Buffer): Promise<Buffer> {
  try {
    return await wire.readSome();
  } catch (error) {
    throw isClosedByPeer(error) ? unexpected(expect, received) : error;
  }
}

function unexpected(expect: string | undefined, received: Buffer): ProbeFailure {
  const actual = received.toString('utf8').slice(0, 400);
  return new ProbeFailure('assertion', `the answer does not contain ${JSON.stringify(expect)}: ${actual}`);
}
