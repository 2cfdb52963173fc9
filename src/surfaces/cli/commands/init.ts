import path from 'node:path';
import { RearguardError } from '../../../core/errors.ts';
import { createRedactor } from '../../../core/redact.ts';
import { systemClock } from '../../../platform/clock.ts';
import { ownCommand } from '../../../runtime/own-command.ts';
import { initBody } from '../../../runtime/workspace/init-report.ts';
import { type InitSurvey, planInit, surveyRepository, writeInit } from '../../../runtime/workspace/init.ts';
import { type Agent, AGENTS } from '../../../workspace/init/mcp-entries.ts';
import type { InitChoices } from '../../../workspace/init/wanted.ts';
import type { CommandResult, Invocation } from '../spec.ts';
import { packageVersion } from '../version.ts';
import { askInit } from './init-questions.ts';

/** `rearguard init`: asks on a terminal, and needs --yes elsewhere. */
export async function run(invocation: Invocation): Promise<CommandResult> {
  const { values, globals, io, signal, presentation } = invocation;
  const frame = {
    clock: systemClock,
    random: Math.random,
    redactor: () => Promise.resolve(createRedactor([])),
  };
  const result = await ownCommand(frame, 'init', async () => {
    const baseUrl = baseUrlOf(values['url'] as string | undefined);
    const asked = agentsOf(values['agents'] as string[] | undefined);
    const survey = await surveyRepository({
      directory: path.resolve(io.cwd, globals.cwd ?? '.', (values['dir'] as string | undefined) ?? '.'),
      version: packageVersion(),
      env: io.env,
      signal,
    });
    const given = { baseUrl, agents: asked ?? survey.agentsInUse };
    if (values['dryRun'] === true) return initBody(await planInit(survey, given), { dryRun: true });
    if (values['yes'] === true) return initBody(await writeInit(survey, given, signal), { dryRun: false });
    if (presentation.mode !== 'human' || !io.stdin.isTTY) throw await unconfirmed(survey, given, invocation);
    const choices = await askInit(survey, { baseUrl, agents: asked }, io, signal);
    if (choices === null) return initBody(await planInit(survey, given), { dryRun: true });
    return initBody(await writeInit(survey, choices, signal), { dryRun: false });
  });
  return { ...result, plain: true };
}

function agentsOf(names: readonly string[] | undefined): Agent[] | null {
  return names === undefined ? null : AGENTS.filter((agent) => names.includes(agent));
}

function baseUrlOf(url: string | undefined): string | null {
  if (url === undefined) return null;
  if (URL.canParse(url) && /^https?:/.test(url)) return url;
  throw new RearguardError('E_USAGE', {
    message: `--url takes an http:// or https:// URL, not ${JSON.stringify(url)}.`,
    hint: 'For example: --url http://localhost:3000',
  });
}

/** Nobody can be asked: what would be done, and the command that does it. */
async function unconfirmed(
  survey: InitSurvey,
  choices: InitChoices,
  { values }: Invocation,
): Promise<RearguardError> {
  const { decisions } = await planInit(survey, choices);
  const changed = decisions.flatMap((decision) => ('after' in decision ? [decision.path] : []));
  const given = ['agents', 'url', 'dir'].flatMap((field) => {
    const value = values[field] as string | string[] | undefined;
    return value === undefined ? [] : [`--${field} ${[value].flat().join(',')}`];
  });
  return new RearguardError('E_CONFIRMATION', {
    message:
      changed.length === 0
        ? 'Everything is there already.'
        : `init would write ${changed.length} files in ${survey.root}: ${changed.join(', ')}.`,
    hint: `Run \`${['rearguard init --yes', ...given].join(' ')}\` to do it, or with --dry-run to see each file.`,
  });
}
