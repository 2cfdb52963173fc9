import path from 'node:path';
import { type DemoSite, prepareSite } from '../demo-site.ts';
import { withExactCommands } from '../exact-commands.ts';
import {
  FAULT_NAMES,
  FAULTS,
  type FaultName,
  isFaultName,
  VISIBLE_TOGETHER,
} from '../../../../demo/faults.ts';
import type { RunningDemo } from '../../../../demo/types.ts';
import { RearguardError } from '../../../core/errors.ts';
import { runCheck } from '../../../runtime/check.ts';
import { markDeploy } from '../../../runtime/deploy.ts';
import { localResult, openLocalFrame } from '../local-report.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';
import { createMessages } from '../stderr.ts';
import { suggestion } from '../../../runtime/command-line/suggestion.ts';

const NEXT_RELEASE = '1.1.0';

/** `rearguard demo`: a healthy shop, a baseline of it, then its faults, and what the check finds. */
export async function run(invocation: Invocation): Promise<CommandResult> {
  const { values, io, presentation, signal } = invocation;
  if (values['list'] === true) return listFaults();
  const faults = chosenFaults(values['fault'] as string[] | undefined);
  const { log } = createMessages(io.stderr, presentation);
  const say = timedLog((message) => log.info(message));
  const { copyScenarios, demoConfig, startDemo } = await import('../../../../demo/index.ts');
  const port = values['port'] as number | undefined;
  const demo = await startDemo({
    ...(port === undefined ? {} : { port }),
    quiet: !presentation.verbose,
    onProgress: (step) => say(`starting ${step}`),
  });
  try {
    const site = await prepareSite(path.resolve(io.cwd, invocation.globals.cwd ?? '.'), demoConfig(demo));
    await copyScenarios(site.folder);
    const result = await checkDemo(demo, site, faults, invocation, say);
    return {
      ...result,
      exitCode: result.report.error ? result.exitCode : 0,
      ...(values['once'] === true || signal.aborted
        ? {}
        : { stay: () => stayUp(demo, signal, (message) => log.info(message)) }),
      release: () => demo.stop(),
    };
  } catch (error) {
    await demo.stop();
    throw error;
  }
}

/** Each step with the seconds since the start. */
function timedLog(write: (line: string) => void): (message: string) => void {
  const startedMs = performance.now();
  return (message) =>
    write(`demo ${((performance.now() - startedMs) / 1000).toFixed(1).padStart(5)} s  ${message}`);
}

function chosenFaults(names: readonly string[] | undefined): readonly FaultName[] {
  if (names === undefined || names.length === 0) return VISIBLE_TOGETHER;
  for (const name of names) {
    if (isFaultName(name)) continue;
    throw new RearguardError('E_USAGE', {
      message: `The demo has no fault ${JSON.stringify(name)}.`,
      hint: suggestion(name, FAULT_NAMES) ?? '`rearguard demo --list` shows them.',
    });
  }
  return names.filter(isFaultName);
}

/** The story the demo tells, in the order a team would live it. */
function checkDemo(
  demo: RunningDemo,
  site: DemoSite,
  faults: readonly FaultName[],
  invocation: Invocation,
  say: (message: string) => void,
): Promise<CommandResult> {
  const { signal } = invocation;
  const globals = { ...invocation.globals, config: site.configPath };
  return withRuntime({ ...invocation, globals }, {}, async (runtime) => {
    say(`the shop is up at ${demo.url}; measuring it healthy`);
    await Promise.all([
      runtime.run({ tool: 'api-health-monitor', command: 'baseline', input: { samples: 60 }, signal }),
      runtime.run({ tool: 'dependency-health-checker', command: 'status', input: { samples: 30 }, signal }),
      runtime.run({ tool: 'error-analyzer', command: 'analyze', input: {}, signal }),
    ]);
    await demo.deploy(NEXT_RELEASE);
    await markDeploy(runtime, { release: NEXT_RELEASE });
    say(`release ${NEXT_RELEASE} is deployed; switching faults on: ${faults.join(', ')}`);
    await demo.setFaults(faults);
    say('letting visitors meet them');
    await runtime.clock.sleep(MEET_MS, signal);
    say('checking');
    const result = await runCheck(runtime, { signal });
    say('done');
    const next = [...linesUnderLoad(faults), ...result.report.next];
    return { ...result, report: withExactCommands({ ...result.report, next }, site.call) };
  });
}

/** Errors that only the log tells of have to be met a few times by visitors. */
const MEET_MS = 10_000;

/** What no check sees, because it makes no load. */
function linesUnderLoad(faults: readonly FaultName[]): string[] {
  const lines = faults.flatMap((name) => {
    const { run: argv } = FAULTS[name];
    return argv === undefined ? [] : `rearguard ${argv.join(' ')}`;
  });
  return [...new Set(lines)];
}

function stayUp(demo: RunningDemo, signal: AbortSignal, say: (message: string) => void): Promise<void> {
  say(
    `\nThe shop stays up at ${demo.url}. Try the commands above in another terminal, in this folder. Ctrl-C ends it.`,
  );
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function listFaults(): CommandResult {
  const frame = openLocalFrame('demo');
  const faults = FAULT_NAMES.map((name) => ({ name, ...FAULTS[name] }));
  return localResult(frame, {
    summary: `${faults.length} faults; switch some on with \`rearguard demo --fault name,name\`.`,
    data: { faults },
    sections: [
      {
        kind: 'table',
        columns: [
          { header: 'Fault' },
          { header: 'What it does' },
          { header: 'Where' },
          { header: 'Found by' },
        ],
        rows: faults.map((fault) => [
          fault.name,
          fault.summary,
          fault.subject ?? fault.endpoint,
          fault.rule === null ? 'nothing: it does no harm' : fault.tool,
        ]),
      },
    ],
  });
}
