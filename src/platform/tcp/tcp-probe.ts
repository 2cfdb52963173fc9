import type { Socket } from 'node:net';
import { abortable } from '../probe/deadline.ts';
import { ProbeFailure } from '../probe/failure.ts';
import { type Measurement, type MeasurementContext, measureWithin } from '../probe/measurement.ts';
import type { PhaseRecorder } from '../probe/phases.ts';
import type { StopSignal } from '../probe/stop-signal.ts';
import { sanitizeText } from '../probe/untrusted-text.ts';
import { type Destination, openSocket } from './open-socket.ts';

export interface TcpProbePlan extends Destination {
  timeoutMs: number;
  /** Written once connected. */
  send?: string | Uint8Array;
  /** Text the answer must contain. With `send` alone any byte will do. */
  expect?: string;
}

export interface TcpProbeResult extends Measurement {
  address: string | null;
  /** The beginning of what came back, fit to show; null when nothing was asked for or nothing came. */
  received: string | null;
}

/** Kept of an answer while looking for the expected text. */
const MAX_ANSWER_BYTES = 65_536;

/**
 * Connects and, when the plan says what to send or to expect, waits for an answer. A port that only accepts is not
 * healthy: a frozen process still does. Accepted and silent is `no-response`.
 */
export async function probeTcp(plan: TcpProbePlan, context: MeasurementContext): Promise<TcpProbeResult> {
  const seen: { address: string | null; received: Buffer } = { address: null, received: Buffer.alloc(0) };
  const measurement = await measureWithin(plan.timeoutMs, context, async (tools) => {
    const { socket, address } = await openSocket(plan, tools);
    seen.address = address;
    try {
      if (plan.send === undefined && plan.expect === undefined) return;
      await converse(socket, plan, tools.phases, tools.deadline.signal, (chunk) => {
        seen.received = Buffer.concat([seen.received, chunk]).subarray(0, MAX_ANSWER_BYTES);
        return seen.received;
      });
    } finally {
      socket.destroy();
    }
  });
  const received = seen.received.length === 0 ? null : sanitizeText(seen.received.toString('utf8'));
  return { ...measurement, address: seen.address, received };
}

function converse(
  socket: Socket,
  plan: TcpProbePlan,
  phases: PhaseRecorder,
  signal: StopSignal,
  keep: (chunk: Buffer) => Buffer,
): Promise<void> {
  const expected = plan.expect ?? '';
  return abortable(signal, (resolve, reject) => {
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      phases.enter('ttfb');
      phases.enter('transfer');
      const received = keep(chunk);
      if (received.includes(expected)) resolve();
      else if (received.length === MAX_ANSWER_BYTES) reject(unexpected(expected));
    });
    socket.once('end', () => {
      const silent = phases.current !== 'transfer';
      reject(
        silent
          ? new ProbeFailure('reset', 'the connection was accepted and closed without a byte')
          : unexpected(expected),
      );
    });
    if (plan.send === undefined) phases.enter('ttfb');
    else {
      phases.enter('request');
      socket.write(plan.send, () => {
        if (phases.current === 'request') phases.enter('ttfb');
      });
    }
    return () => socket.destroy();
  });
}

function unexpected(expected: string): ProbeFailure {
  return new ProbeFailure('assertion', `the answer does not contain ${JSON.stringify(expected)}`);
}
