import path from 'node:path';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { RearguardError } from '../../../core/errors.ts';
import { linkSignals } from '../../../platform/abort.ts';
import { systemClock } from '../../../platform/clock.ts';
import { type Daemon, startDaemon } from '../../../runtime/daemon/daemon.ts';
import { within } from '../../../runtime/daemon/repeat.ts';
import { failedRun } from '../../../runtime/envelope.ts';
import { createEndpoint, type Endpoint } from '../../web/endpoint.ts';
import { createLiveOutput } from '../live.ts';
import { localResult, openLocalFrame } from '../local-report.ts';
import { runtimeOptions } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';
import { createMessages } from '../stderr.ts';
import type { StoppedData } from '../../../runtime/daemon/serve-data.ts';
import { checkHealth } from './serve-health.ts';

/** The first line says what is watched, so it waits for the monitors to know; but not for one that hangs. */
const FIRST_LINE_WITHIN_MS = 10_000;

/** `rearguard serve`: watches and tells until it is told to stop. */
export async function run(invocation: Invocation): Promise<CommandResult> {
  const { values, io, presentation, timeoutMs } = invocation;
  if (values['healthcheck'] === true) return checkHealth(invocation);
  const frame = openLocalFrame('serve');
  const messages = createMessages(io.stderr, presentation);
  const live = createLiveOutput(io.stdout, { ...presentation, screen: false }, () => '');
  const until = linkSignals([invocation.signal], timeoutMs);
  const endpoint = createEndpoint();
  let changes = 0;
  let daemon: Daemon | undefined;
  const reload = (): void => void daemon?.reload();
  process.on('SIGHUP', reload);
  try {
    daemon = await startDaemon({
      runtime: serveOptions(invocation, messages),
      log: messages.log,
      writeLine: (line) => io.stderr.write(`${line}\n`),
      onChange: ({ tool, ...change }) => {
        changes += 1;
        const data = { tool, change: change.data };
        live.onView({ sections: () => [], changes: [{ ...change, data }] });
      },
      onAccess: (access) =>
        endpoint.follow({ ...access, port: (values['port'] as number | undefined) ?? access.port }),
      signal: until.signal,
    });
    const error = await serve(daemon, endpoint, until.signal, (line) => showStart(line, invocation));
    if (error) return failedRun(frame, error);
    return localResult(frame, summarize(daemon, changes));
  } finally {
    process.off('SIGHUP', reload);
    until.dispose();
    await endpoint.close();
    await daemon?.stop();
  }
}

function serveOptions(invocation: Invocation, messages: ReturnType<typeof createMessages>) {
  const options = runtimeOptions(invocation, messages);
  const host = invocation.values['host'] as string | undefined;
  const { progress: _, ...quiet } = options;
  return { ...quiet, flags: { ...options.flags, ...(host === undefined ? {} : { 'serve.host': host }) } };
}

interface Start {
  endpoints: number;
  dependencies: number;
  url: string;
  addressFile: string;
}

/** Until the signal, or the error that ended it before. */
async function serve(
  daemon: Daemon,
  endpoint: Endpoint,
  signal: AbortSignal,
  onStart: (start: Start) => void,
): Promise<RearguardError | undefined> {
  endpoint.serve(daemon);
  const addressFile = await endpoint.announce(daemon.status().storePath);
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const settled = Promise.all(daemon.generation().running.map((monitor) => monitor.settled));
  await within(systemClock, FIRST_LINE_WITHIN_MS, Promise.race([settled, aborted, daemon.lost]));
  const { running } = daemon.generation();
  const count = (kind: 'endpoint' | 'dependency'): number =>
    running.reduce((sum, monitor) => sum + monitor.count(kind), 0);
  onStart({
    endpoints: count('endpoint'),
    dependencies: count('dependency'),
    url: endpoint.url(),
    addressFile,
  });
  return Promise.race([aborted, daemon.lost]);
}

function showStart({ endpoints, dependencies, url, addressFile }: Start, invocation: Invocation): void {
  const { io, presentation } = invocation;
  const shownFile = path.relative(io.cwd, addressFile);
  const file = shownFile.startsWith('..') ? addressFile : shownFile;
  const text = `Rearguard watches ${counted(endpoints, 'endpoint')} and ${counted(dependencies, 'dependency', 'dependencies')}; API at ${url} (token in ${file})`;
  if (presentation.format === 'text') io.stdout.write(`${text}\n`);
  else if (presentation.format === 'ndjson') {
    const at = new Date(systemClock.wallMs()).toISOString();
    const data = { url, addressFile, endpoints, dependencies };
    io.stdout.write(`${JSON.stringify({ type: 'started', at, text, data })}\n`);
  } else io.stderr.write(`${text}\n`);
}

function summarize(daemon: Daemon, changes: number): { summary: string; data: StoppedData } {
  const { startedAtMs, nowMs, config, monitors } = daemon.status();
  const fired = daemon.store.alerts
    .list({ resolvedSinceMs: startedAtMs })
    .filter(({ firedAtMs }) => firedAtMs !== null && firedAtMs >= startedAtMs).length;
  return {
    summary: `Watched for ${formatDuration(nowMs - startedAtMs)}: ${counted(changes, 'change')}, ${counted(fired, 'alert')} fired.`,
    data: {
      startedAt: new Date(startedAtMs).toISOString(),
      stoppedAt: new Date(nowMs).toISOString(),
      changes,
      alertsFired: fired,
      reloads: config.reloads,
      monitors: monitors.map(({ tool, command, restarts }) => ({ tool, command, restarts })),
    },
  };
}
