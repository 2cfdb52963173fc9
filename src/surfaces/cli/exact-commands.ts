import type { Report } from '../../core/report.ts';
import { commandLine } from '../../output/command-line.ts';
import type { GlobalOptions } from './global-options.ts';

/** How a command must be typed to mean here what it meant in the report. */
export interface Call {
  /** `rearguard` where it is installed. */
  program: readonly string[];
  /** Options that say which config and which store. */
  flags: readonly string[];
}

/** The call whose config and store are those that these options name. */
export function callWith({ cwd, config, storePath }: GlobalOptions): Call {
  const flags = Object.entries({ '--cwd': cwd, '--config': config, '--store-path': storePath });
  return {
    program: ['rearguard'],
    flags: flags.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
  };
}

/** The same report, with commands that work as they are printed: who copies one should not have to know what was said when it was made. */
export function withExactCommands(report: Report, { program, flags }: Call): Report {
  if (flags.length === 0) return report;
  const exactArgv = (argv: readonly string[]): string[] =>
    argv[0] === 'rearguard' ? [...program, ...argv.slice(1), ...flags] : [...argv];
  const exactLine = (line: string): string =>
    line.startsWith('rearguard ')
      ? `${commandLine(program)}${line.slice('rearguard'.length)} ${commandLine(flags)}`
      : line;
  return {
    ...report,
    findings: report.findings.map((finding) => ({
      ...finding,
      verify: { ...finding.verify, argv: exactArgv(finding.verify.argv) },
    })),
    next: report.next.map(exactLine),
  };
}
