import type { IncomingHttpHeaders } from 'node:http';
import { alertsSchema } from '../../../config/alert-schema.ts';
import type { AlertMessage } from '../../../core/alert.ts';
import { systemProcesses } from '../../../platform/processes.ts';
import { type LocalServer, serveHttp } from '../../../platform/test-support/servers.ts';
import { createManualClock } from '../../../platform/test-support/manual-clock.ts';
import { createNotifiers, resolveNotifiers } from '../resolve-notifiers.ts';
import type { Notifier, NotifierDeps } from './notifier.ts';

export const NEVER: AbortSignal = new AbortController().signal;
export const NOW_MS = Date.UTC(2026, 10, 22, 13, 40, 5);

/** What a backend under attack might have in its names: markup and mentions of every channel. */
export const HOSTILE =
  '<!channel> @everyone <b>x</b> &amp; [pay](https://evil.example/a) **now** `rm -rf` --> "q"\n# \u001b[31mred';

export function testMessage(change: Partial<AlertMessage> = {}): AlertMessage {
  return {
    id: 'message-1',
    kind: 'firing',
    dedupKey: 'rearguard-episode-1',
    group: 'dependency payment',
    severity: 'high',
    title: 'payment accepts and never answers',
    atMs: NOW_MS,
    startedAtMs: NOW_MS - 65_000,
    endedAtMs: null,
    alerts: [
      {
        id: 'deps-3f9a1c20',
        rule: 'deps/frozen',
        severity: 'high',
        title: 'payment accepts and never answers',
        subject: 'payment',
        startedAtMs: NOW_MS - 65_000,
        evidence: ['no answer within: 5 s', 'failed checks: 4'],
        advice: 'Restart the payment service.',
        verify: 'rearguard verify deps-3f9a1c20',
      },
    ],
    omitted: 2,
    affected: ['POST /orders', 'POST /refunds'],
    affectedOmitted: 1,
    ...change,
  };
}

/** Everything that may hold text of the backend holds the hostile one. */
export function hostileMessage(): AlertMessage {
  const message = testMessage({ title: HOSTILE, affected: [HOSTILE] });
  return {
    ...message,
    alerts: message.alerts.map((alert) => ({
      ...alert,
      title: HOSTILE,
      evidence: [HOSTILE],
      advice: HOSTILE,
      verify: `curl '${HOSTILE}'`,
    })),
  };
}

/** As large as messages can be. */
export function hugeMessage(): AlertMessage {
  const [alert] = testMessage().alerts;
  if (alert === undefined) throw new Error('The test message has an alert.');
  const evidence = Array.from({ length: 12 }, () => `<&@*ż${'é'.repeat(2_000)}`);
  return testMessage({
    title: '<&@*'.repeat(500),
    dedupKey: `rearguard-${'k'.repeat(600)}`,
    alerts: Array.from({ length: 10 }, () => ({ ...alert, title: '&*ż'.repeat(900), evidence })),
    affected: Array.from({ length: 50 }, () => 'ż'.repeat(300)),
  });
}

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  json(): Record<string, unknown>;
}

export interface Answer {
  status: number;
  text?: string;
  headers?: Readonly<Record<string, string>>;
}

/** A real HTTP server that writes down what it is sent. */
export interface Receiver extends LocalServer {
  received: Received[];
  /** For the requests to come, in their order; then the usual answer again. */
  next: Answer[];
}

export async function openReceiver(
  usual: Answer | ((request: Received) => Answer) = { status: 200, text: 'ok' },
): Promise<Receiver> {
  const received: Received[] = [];
  const next: Answer[] = [];
  const server = await serveHttp((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const { method = '', url = '', headers } = request;
      const one: Received = {
        method,
        path: url,
        headers,
        text,
        json: () => JSON.parse(text) as Record<string, unknown>,
      };
      received.push(one);
      const answer = next.shift() ?? (typeof usual === 'function' ? usual(one) : usual);
      response.writeHead(answer.status, { ...answer.headers }).end(answer.text ?? '');
    });
  });
  return { ...server, received, next };
}

/** One notifier as a config has it, with nothing left out between config and wire. */
export async function openNotifier(
  settings: Readonly<Record<string, unknown>>,
  options: {
    env?: Readonly<Record<string, string>>;
    deps?: Partial<Pick<NotifierDeps, 'writeLine' | 'platform'>>;
  } = {},
): Promise<Notifier> {
  const alerts = alertsSchema.parse({ notifiers: { ops: settings } });
  const resolved = await resolveNotifiers(alerts, { env: options.env ?? {}, directory: '/' });
  const notifiers = await createNotifiers(resolved, {
    processes: systemProcesses,
    clock: createManualClock({ wallMs: NOW_MS, monotonicMs: 0 }),
    writeLine: () => undefined,
    platform: 'linux',
    ...options.deps,
  });
  const notifier = notifiers.get('ops');
  if (notifier === undefined) throw new Error('The notifier was not made.');
  return notifier;
}
