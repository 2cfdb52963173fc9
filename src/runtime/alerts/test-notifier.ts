import { z } from 'zod';
import type { AlertMessage } from '../../core/alert.ts';
import { RearguardError } from '../../core/errors.ts';
import { createRedactor } from '../../core/redact.ts';
import { didYouMean } from '../../core/suggest.ts';
import { systemProcesses } from '../../platform/processes.ts';
import type { RunResult } from '../envelope.ts';
import { type OwnBody, ownCommand } from '../own-command.ts';
import type { Runtime } from '../runtime.ts';
import { tryOnce } from './delivery-try.ts';
import type { SendOutcome } from './notifiers/notifier.ts';
import { createNotifiers, type ResolvedNotifiers, resolveNotifiers } from './resolve-notifiers.ts';

export const alertsTestDataSchema = z.object({
  notifiers: z
    .array(z.object({ name: z.string(), kind: z.string(), usable: z.boolean() }))
    .describe('Those of the config.'),
  sent: z
    .object({ notifier: z.string(), messageId: z.string(), durationMs: z.number() })
    .nullable()
    .describe('The message that was delivered; null when notifiers were only listed.'),
});

type AlertsTestData = z.infer<typeof alertsTestDataSchema>;

export interface TestNotifierOptions {
  /** Without it, the notifiers are listed. */
  notifier?: string | undefined;
  /** Where the console notifier writes. */
  writeLine: (line: string) => void;
  signal: AbortSignal;
}

/** Sends one real message now, past the queue, and says what became of it. */
export async function testNotifier(runtime: Runtime, options: TestNotifierOptions): Promise<RunResult> {
  const { config, env, clock, random } = runtime;
  const resolved = await resolveNotifiers(config.alerts, { env, directory: config.directory });
  const redactor = createRedactor(resolved.secrets);
  return ownCommand({ clock, random, redactor: () => Promise.resolve(redactor) }, 'alerts test', () => {
    const { notifier } = options;
    return notifier === undefined ? listOf(resolved) : sendTest(runtime, resolved, { ...options, notifier });
  });
}

async function sendTest(
  { clock, random }: Runtime,
  resolved: ResolvedNotifiers,
  { notifier: name, writeLine, signal }: TestNotifierOptions & { notifier: string },
): Promise<OwnBody> {
  const { notifiers } = namesOf(resolved);
  const known = notifiers.find((one) => one.name === name);
  if (known === undefined) throw unknownNotifier(name, notifiers);
  const broken = resolved.unresolved.find((one) => one.name === name);
  if (broken !== undefined) throw broken.error;

  const senders = await createNotifiers(resolved, {
    processes: systemProcesses,
    clock,
    writeLine,
    platform: process.platform,
  });
  const sender = senders.get(name);
  if (sender === undefined) throw new RangeError(`No sender was made for ${name}`);
  const message = testMessage(name, clock.wallMs(), random);
  const startedMs = clock.monotonicMs();
  const outcome = await tryOnce(sender, message, { clock, stop: signal });
  if (outcome === undefined) throw new RearguardError('E_INTERRUPTED');
  if (outcome.kind !== 'delivered') throw failure(known, outcome);
  const durationMs = clock.monotonicMs() - startedMs;
  const data: AlertsTestData = { notifiers, sent: { notifier: name, messageId: message.id, durationMs } };
  return {
    status: 'pass',
    summary: `Delivered to ${name} (${known.kind}) in ${Math.round(durationMs)} ms: ${JSON.stringify(message.title)}.`,
    data,
  };
}

function listOf(resolved: ResolvedNotifiers): OwnBody {
  const data: AlertsTestData = { ...namesOf(resolved), sent: null };
  const { notifiers } = data;
  if (notifiers.length === 0) {
    return {
      status: 'unknown',
      summary: 'The config has no notifiers, so nobody would be told. Add one under `alerts.notifiers`.',
      data,
    };
  }
  return {
    status: resolved.unresolved.length === 0 ? 'pass' : 'unknown',
    summary: `${notifiers.length === 1 ? 'One notifier' : `${notifiers.length} notifiers`}; nothing was sent.`,
    sections: [
      {
        kind: 'table',
        title: 'Notifiers',
        columns: [{ header: 'Name' }, { header: 'Kind' }, { header: 'Settings' }],
        rows: notifiers.map(({ name, kind, usable }) => [
          name,
          kind,
          usable ? { text: 'complete', tone: 'good' } : { text: 'incomplete', tone: 'bad' },
        ]),
      },
    ],
    diagnostics: [...resolved.diagnostics],
    data,
    next: notifiers.filter(({ usable }) => usable).map(({ name }) => `rearguard alerts test ${name}`),
  };
}

function namesOf({ settings, unresolved }: ResolvedNotifiers): Pick<AlertsTestData, 'notifiers'> {
  const usable = [...settings].map(([name, { kind }]) => ({ name, kind, usable: true }));
  const broken = unresolved.map(({ name, kind }) => ({ name, kind, usable: false }));
  return { notifiers: [...usable, ...broken] };
}

/** A message of its own episode, so that it joins nothing that is open. */
function testMessage(name: string, nowMs: number, random: () => number): AlertMessage {
  const id = `rearguard-test-${Math.floor(random() * 2 ** 48)
    .toString(16)
    .padStart(12, '0')}`;
  return {
    id,
    kind: 'test',
    dedupKey: id,
    group: `notifier ${name}`,
    severity: 'info',
    title: `Rearguard can reach you through ${name}`,
    atMs: nowMs,
    startedAtMs: nowMs,
    endedAtMs: null,
    alerts: [],
    omitted: 0,
    affected: [],
    affectedOmitted: 0,
  };
}

function failure(
  { name, kind }: AlertsTestData['notifiers'][number],
  outcome: Exclude<SendOutcome, { kind: 'delivered' }>,
): RearguardError {
  return new RearguardError('E_NOT_DELIVERED', {
    notifier: `${name} (${kind})`,
    reason: outcome.error.endsWith('.') ? outcome.error : `${outcome.error}.`,
    hint:
      outcome.kind === 'retry'
        ? 'An alert would wait in the queue and be sent again.'
        : 'An alert would be given up: it would be refused again.',
  });
}

function unknownNotifier(name: string, notifiers: AlertsTestData['notifiers']): RearguardError {
  const names = notifiers.map((one) => one.name);
  return new RearguardError('E_USAGE', {
    message: `There is no notifier ${JSON.stringify(name)}.${didYouMean(name, names)}`,
    hint:
      names.length > 0
        ? `The config has ${names.join(', ')}.`
        : 'The config has none under `alerts.notifiers`.',
  });
}
