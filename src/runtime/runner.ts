import { type Environment, resolveSecrets } from '../config/resolve-secrets.ts';
import { toRearguardError } from '../core/errors.ts';
import { createRedactor, type LearningRedactor, type Redactor } from '../core/redact.ts';
import type { Clock } from '../platform/clock.ts';
import { asForeignCode, asOwnCode } from '../platform/foreign-code.ts';
import type { Store } from '../store/store.ts';
import type { CommandContext, Log, SecretReader } from '../tools/context.ts';
import type { AnyCommand, LiveView, ReportDraft } from '../tools/define.ts';
import { concludeRun } from './conclude.ts';
import { failedRun, openFrame, type RunFrame, type RunResult } from './envelope.ts';
import { execute } from './execute.ts';
import { identify } from './identify.ts';
import { maintenanceWindows } from './maintenance.ts';
import {
  type PreparedRun,
  prepareRun,
  type RunnerParts,
  type RunRequest,
  type ShownView,
} from './prepare.ts';
import { accessStore } from './store-access.ts';

/** Runs one command of one tool to its Report; never throws, for a failure has the same envelope. */
export async function runCommand(parts: RunnerParts, request: RunRequest): Promise<RunResult> {
  let frame = openFrame(request.tool, request.command, parts);
  let redactor: Redactor = createRedactor([]);
  try {
    const run = await prepareRun(parts, request);
    redactor = run.redactor;
    frame = { ...frame, tool: run.tool.name };
    const access = accessStore(() => parts.openStore());
    const draft = await measure(parts, request, run, frame, access.store);
    return concludeRun(parts, request, run, frame, access, draft);
  } catch (thrown) {
    const error = toRearguardError(thrown);
    if (error.code === 'E_INTERNAL') parts.log.debug(redactor.text(stackOf(thrown)));
    return failedRun(frame, error, redactor);
  }
}

async function measure(
  parts: RunnerParts,
  request: RunRequest,
  run: PreparedRun,
  frame: RunFrame,
  store: Store,
): Promise<ReportDraft> {
  const { onView } = request;
  const start = (signal: AbortSignal): ReturnType<AnyCommand['run']> =>
    // The options and the input were parsed by the command's own schemas, whose types are gone by now.
    run.command.run(contextOf(parts, request, run, frame, store, signal) as never, run.input);
  const measured = (): Promise<ReportDraft> =>
    execute(start, {
      what: `${run.tool.name} ${request.command}`,
      signal: request.signal,
      timeoutMs: request.timeoutMs,
      clock: parts.clock,
      onView: onView && ((view) => asOwnCode(() => onView(shownView(view, run, store, parts.clock)))),
    });
  return run.entry.origin === 'built-in' ? measured() : asForeignCode(measured);
}

function contextOf(
  parts: RunnerParts,
  { watched = false }: RunRequest,
  { world, options, redactor }: PreparedRun,
  frame: RunFrame,
  store: Store,
  signal: AbortSignal,
): CommandContext {
  return {
    run: { id: frame.runId, startedAtMs: frame.startedAtMs },
    options,
    targets: world.resolved.targets,
    dependencies: world.dependencies.dependencies,
    maintenance: (range) => maintenanceWindows(parts.config.maintenance, store, range),
    directory: parts.config.directory,
    probes: world.probes,
    load: world.load,
    http: world.http,
    recorder: world.recorder,
    sql: world.sql,
    sandboxes: world.sandboxes,
    sqliteCopies: world.sqliteCopies,
    files: world.files,
    logs: world.logs,
    processes: world.processes,
    threads: world.threads,
    processUsage: world.processUsage,
    machine: world.machine,
    secrets: secretReader(parts.env, redactor),
    redactor,
    clock: parts.clock,
    random: parts.random,
    store,
    watched,
    log: redactLog(parts.log, redactor),
    progress: (done, total, what) => parts.progress(done, total, redactor.text(what)),
    signal,
  };
}

function shownView(
  view: LiveView,
  { redactor, tool }: PreparedRun,
  store: Store,
  clock: Pick<Clock, 'wallMs'>,
): ShownView {
  const { assess } = view;
  return {
    sections: () => redactor.deep(view.sections()),
    changes: redactor.deep(view.changes),
    ...(view.metrics === undefined ? {} : { metrics: view.metrics }),
    ...(assess === undefined
      ? {}
      : {
          conclude: () => {
            const { findings, coverage } = redactor.deep(assess());
            const found = identify(findings, tool);
            const nowMs = clock.wallMs();
            return {
              coverage,
              findings: store.findings.apply({ tool: tool.name, coverage, found, nowMs }),
            };
          },
        }),
  };
}

function secretReader(env: Environment, redactor: LearningRedactor): SecretReader {
  return {
    async read(reference, { directory, path }) {
      const { value, secrets } = await resolveSecrets(reference, { env, directory, at: path });
      redactor.learn(secrets);
      return String(value);
    },
    hide: (values) => redactor.learn(values),
  };
}

function redactLog(log: Log, redactor: Redactor): Log {
  return {
    debug: (message) => log.debug(redactor.text(message)),
    info: (message) => log.info(redactor.text(message)),
    warn: (message) => log.warn(redactor.text(message)),
  };
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
