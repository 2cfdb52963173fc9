import { counted } from '../core/counted.ts';
import type { Block, Tone } from '../core/block.ts';
import { toRearguardError } from '../core/errors.ts';
import { createRedactor } from '../core/redact.ts';
import type { Diagnostic } from '../core/report.ts';
import { systemClock } from '../platform/clock.ts';
import { type Examination, failedRow } from './doctor-data.ts';
import { examineDependencies } from './doctor-dependencies.ts';
import { examineClock, examineEventLoop, examineNode } from './doctor-machine.ts';
import { examineNotifiers } from './doctor-notifiers.ts';
import { examineStore } from './doctor-store.ts';
import { examineTarget } from './doctor-targets.ts';
import { examineWorkflows } from './doctor-workflows.ts';
import type { RunResult } from './envelope.ts';
import { type OwnBody, ownCommand } from './own-command.ts';
import { createRuntime, type Runtime, type RuntimeOptions } from './runtime.ts';

/** Whether this machine, this config and the store are ready; exit 1 when something is not. */
export async function runDoctor(options: RuntimeOptions & { signal: AbortSignal }): Promise<RunResult> {
  const { clock = systemClock, random = Math.random } = options;
  const opened = await createRuntime({ ...options, requireConfig: false }).catch((thrown: unknown) => ({
    failure: toRearguardError(thrown),
  }));
  const runtime = 'failure' in opened ? undefined : opened;
  try {
    const redactor = runtime ? await runtime.redactor() : createRedactor([]);
    const frame = { clock, random, redactor: () => Promise.resolve(redactor) };
    return await ownCommand(frame, 'doctor', async () => {
      const examinations: Examination[] = [examineNode(process.versions.node)];
      if ('failure' in opened) examinations.push(failedRow('config', opened.failure));
      else examinations.push(...(await examineRuntime(opened, options.signal)));
      examinations.push(await examineClock(clock), await examineEventLoop(clock));
      return bodyOf(redactor.deep(examinations));
    });
  } finally {
    await runtime?.close();
  }
}

async function examineRuntime(runtime: Runtime, signal: AbortSignal): Promise<Examination[]> {
  const { config, clock, env } = runtime;
  const world = await runtime.world();
  const missing = world.resolved.unresolved.map(({ name, error }) => failedRow(`target ${name}`, error));
  const [targets, dependencies, notifiers, workflows, store] = await Promise.all([
    Promise.all(world.resolved.targets.map((target) => examineTarget(target, world, clock, signal))),
    examineDependencies(world, signal),
    examineNotifiers(config, env),
    examineWorkflows(config, runtime.catalog),
    examineStore(config.store.path, runtime),
  ]);
  const broken = runtime.catalog.broken.map(({ name, error }) => failedRow(`own tool ${name}`, error));
  return [
    configRow(runtime),
    ...broken,
    ...missing,
    ...targets.flat(),
    ...dependencies,
    ...notifiers,
    ...workflows,
    store,
  ];
}

function configRow({ config, catalog }: Runtime): Examination {
  if (config.path === undefined) {
    return {
      name: 'config',
      result: 'warn',
      detail: 'There is none in this folder or above.',
      hint: '`rearguard init` makes one from what it finds here.',
    };
  }
  const own = catalog.tools.filter(({ origin }) => origin !== 'built-in');
  const targets = config.targetNames.length;
  const dependencies = Object.keys(config.dependencies).length;
  if (targets + dependencies === 0) {
    return {
      name: 'config',
      result: 'warn',
      detail: `${config.path} has no targets.`,
      hint: 'Add one under `targets`.',
    };
  }
  const plugins =
    own.length > 0 ? `; own tools: ${own.map(({ name, origin }) => `${name} (${origin})`).join(', ')}` : '';
  const needs = dependencies > 0 ? `, ${counted(dependencies, 'dependency', 'dependencies')}` : '';
  return {
    name: 'config',
    result: 'ok',
    detail: `${config.path}: ${counted(targets, 'target')}${needs}${plugins}`,
  };
}

const TONES: Readonly<Record<Examination['result'], Tone>> = { ok: 'good', warn: 'warn', fail: 'bad' };

function bodyOf(examinations: Examination[]): OwnBody {
  const failed = examinations.filter(({ result }) => result === 'fail');
  const warned = examinations.filter(({ result }) => result === 'warn');
  return {
    status: failed.length > 0 ? 'fail' : 'pass',
    summary: `${failed.length === 0 ? 'Ready' : 'Not ready'}: ${failed.length} failed, ${warned.length} to look at, ${examinations.length} examined.`,
    sections: [tableOf(examinations), ...[...failed, ...warned].map(textOf)],
    data: { examinations },
    diagnostics: [...failed, ...warned].map(({ name, result, detail, hint }): Diagnostic => ({
      level: result === 'fail' ? 'error' : 'warning',
      message: `${name}: ${detail}`,
      ...(hint === undefined ? {} : { hint }),
    })),
  };
}

function tableOf(examinations: readonly Examination[]): Block {
  return {
    kind: 'table',
    columns: ['', 'what', 'found'].map((header) => ({ header })),
    rows: examinations.map(({ name, result, detail }) => [
      { text: result, tone: TONES[result] },
      name,
      detail,
    ]),
  };
}

/** Whole, for what has to be done about it; the table may have cut it. */
function textOf({ name, result, detail, hint }: Examination): Block {
  const text = `${name}: ${[detail, hint].filter((part) => part !== undefined).join(/[.!?]$/.test(detail) ? ' ' : '. ')}`;
  return { kind: 'text', text, tone: TONES[result] };
}
