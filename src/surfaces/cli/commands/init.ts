import path from 'node:path';
import { RearguardError } from '../../../core/errors.ts';
import { createRedactor } from '../../../core/redact.ts';
import { systemClock } from '../../../platform/clock.ts';
import { type OwnBody, ownCommand } from '../../../runtime/own-command.ts';
import { confirmLine, filesText, initBody } from '../../../runtime/workspace/init-report.ts';
import { type InitPlan, planInit, surveyRepository, writeInit } from '../../../runtime/workspace/init.ts';
import { type Agent, AGENTS } from '../../../workspace/init/mcp-entries.ts';
import type { InitChoices } from '../../../workspace/init/wanted.ts';
import type { Presentation } from '../presentation.ts';
import type { CommandResult, Invocation } from '../spec.ts';
import { packageVersion } from '../version.ts';
import { askInit, baseUrlProblem } from './init-questions.ts';

/** `rearguard init`: asks on a terminal, and needs --yes elsewhere. */
export async function run(invocation: Invocation): Promise<CommandResult> {
  const { values, globals, io, signal, presentation } = invocation;
  const frame = {
    clock: systemClock,
    random: Math.random,
    redactor: () => Promise.resolve(createRedactor([])),
  };
  let shown: InitPlan | null = null;
  const result = await ownCommand(frame, 'init', async () => {
    const baseUrl = baseUrlOf(values['url'] as string | undefined);
    const asked = agentsOf(values['agents'] as string[] | undefined);
    const survey = await surveyRepository({
      exactly: values['dir'] !== undefined,
      directory: path.resolve(io.cwd, globals.cwd ?? '.', (values['dir'] as string | undefined) ?? '.'),
      version: packageVersion(),
      env: io.env,
      signal,
    });
    const given = { baseUrl, agents: asked ?? survey.agentsInUse };
    const write = async (choices: InitChoices): Promise<OwnBody> =>
      initBody(await writeInit(survey, choices, signal), 'written');
    if (values['yes'] === true && values['dryRun'] !== true) return write(given);
    const plan = await planInit(survey, given);
    if (values['dryRun'] === true) {
      shown = plan;
      return initBody(plan, 'planned');
    }
    if (presentation.mode !== 'human' || !io.stdin.isTTY) return withoutTerminal(plan);
    const choices = await askInit(survey, { baseUrl, agents: asked }, io, signal);
    return choices === null ? initBody(plan, 'refused') : write(choices);
  });
  return {
    ...result,
    plain: true,
    ...(shown === null ? {} : { text: await dryRunText(shown, presentation) }),
  };
}

/** Every file as it is, and then what the report says of it: a renderer would break and cut the lines of programs. */
async function dryRunText(plan: InitPlan, presentation: Presentation): Promise<string> {
  const { renderSections } = await import('../../../output/render.ts');
  const { sections = [], summary } = initBody(plan, 'refused');
  return `${filesText(plan)}${renderSections(sections, presentation).trimEnd()}\n\n${summary}\n`;
}

function agentsOf(names: readonly string[] | undefined): Agent[] | null {
  return names === undefined ? null : AGENTS.filter((agent) => names.includes(agent));
}

function baseUrlOf(url: string | undefined): string | null {
  if (url === undefined) return null;
  const problem = baseUrlProblem(url);
  if (problem === null) return url;
  throw new RearguardError('E_USAGE', {
    message: `--url takes an http:// or https:// URL${problem}.`,
    hint: 'For example: --url http://localhost:3000',
  });
}

/** Nobody can be asked: what would be done, and the command that does it. */
function withoutTerminal(plan: InitPlan): OwnBody {
  const changed = plan.decisions.flatMap((decision) => ('after' in decision ? [decision.path] : []));
  if (changed.length === 0) return initBody(plan, 'written');
  throw new RearguardError('E_CONFIRMATION', {
    message: `init would write ${changed.length} files in ${plan.root}: ${changed.join(', ')}.`,
    hint: `Run \`${confirmLine(plan)}\` to do it, or with --dry-run to see each file.`,
  });
}
