/** What the process of a live run needs beside its row in the store; it goes through argv, so nothing here is secret. */
export interface LaunchArguments {
  runId: string;
  cwd: string;
  /** Absent where there is no config. */
  configPath: string | undefined;
  flags: Readonly<Record<string, string>>;
  /** This process is the one that a single command of a tool runs in; in one of a check or a workflow, tools of the user's own still get their own. */
  isSingleCommand: boolean;
  /** The process that it is part of, and must not outlive; absent: it goes on by itself. */
  ownerPid?: number | undefined;
}

export function toArgument(launch: LaunchArguments): string {
  return JSON.stringify(launch);
}

/** Of our own making: a text that does not fit is a defect. */
export function fromArgument(text: string | undefined): LaunchArguments {
  const launch = JSON.parse(text ?? '') as LaunchArguments;
  return { ...launch, configPath: launch.configPath ?? undefined };
}
