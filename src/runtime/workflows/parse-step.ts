import { RearguardError, toRearguardError } from '../../core/errors.ts';
import type { Catalog } from '../catalog.ts';
import { type ParsedCommand, parseCommandLine } from '../command-line/parse.ts';
import type { WorkflowStep } from './types.ts';

/** What a step's line asks for, or why it cannot be run; an E_USAGE names the line. */
export async function parseStep(
  { run }: Pick<WorkflowStep, 'run'>,
  catalog: Catalog,
): Promise<ParsedCommand | RearguardError> {
  try {
    return await parseCommandLine(run, catalog);
  } catch (thrown) {
    const error = toRearguardError(thrown);
    if (error.code !== 'E_USAGE') return error;
    const { message, hint = '' } = error.toReportError();
    return new RearguardError('E_USAGE', { message: `Step ${JSON.stringify(run)}: ${message}`, hint });
  }
}
