import { NODE_LAUNCHER } from './launcher-node.ts';
import { PYTHON_LAUNCHER } from './launcher-python.ts';
import { sealed } from './seal.ts';

/** Launchers whose command lines the workspace's documents write with Python; all others are for Node. */
const IN_PYTHON: readonly string[] = [
  'database-performance-tracker',
  'security-scanner',
  'query-optimizer',
  'migration-validator',
];

/** A file in the workspace's `tools/` that starts one tool of the one program. */
export interface Launcher {
  /** `api-health-monitor.js` */
  file: string;
  text: string;
}

/** The launcher of a tool, own ones included. All launchers of a language differ in the tool's name only. */
export function launcherOf(tool: string): Launcher {
  return IN_PYTHON.includes(tool)
    ? { file: `${tool}.py`, text: sealed(PYTHON_LAUNCHER.replaceAll('TOOL_NAME', tool), '#') }
    : { file: `${tool}.js`, text: sealed(NODE_LAUNCHER.replaceAll('TOOL_NAME', tool), '//') };
}

/** How the launcher is called from the workspace's folder: `node tools/api-health-monitor.js`. */
export function launcherLine(tool: string): string {
  const { file } = launcherOf(tool);
  return `${file.endsWith('.py') ? 'python' : 'node'} tools/${file}`;
}
