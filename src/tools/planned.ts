import { RearguardError } from '../core/errors.ts';

/** A tool that the workspace's documents name and that is not built yet. */
export interface PlannedTool {
  name: string;
  alias: string;
  /** What it will do. */
  summary: string;
}

/**
 * Their names are kept free, so that a command line written today means the same once they are there. Whoever builds one
 * takes it out of this list: a test fails as long as it stands in both.
 */
export const PLANNED_TOOLS: readonly PlannedTool[] = [
  {
    name: 'security-scanner',
    alias: 'security',
    summary: 'Common vulnerabilities of the API and of what it is built from',
  },
  {
    name: 'migration-validator',
    alias: 'migrations',
    summary: 'Migrations tried for safety, speed and their way back',
  },
  {
    name: 'api-contract-tester',
    alias: 'contract',
    summary: 'Whether answers match the documented contract',
  },
];

/** By name or alias. */
export function findPlanned(name: string): PlannedTool | undefined {
  return PLANNED_TOOLS.find((tool) => tool.name === name || tool.alias === name);
}

/** What every command line of such a tool ends with: nothing was checked. */
export function notBuilt({ name }: PlannedTool): RearguardError {
  return new RearguardError('E_TOOL_NOT_BUILT', { tool: name });
}
