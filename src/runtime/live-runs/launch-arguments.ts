/** What the process of a live run needs beside its row in the store; it goes through argv, so nothing here is secret. */
export interface LaunchArguments {
  runId: string;
  cwd: string;
  /** Absent where there is no config. */
  configPath: string | undefined;
  flags: Readonly<Record<string, string>>;
}

export function toArgument(launch: LaunchArguments): string {
  return JSON.stringify(launch);
}

/** Of our own making: a text that does not fit is a defect. */
export function fromArgument(text: string | undefined): LaunchArguments {
  const launch = JSON.parse(text ?? '') as LaunchArguments;
  return { ...launch, configPath: launch.configPath ?? undefined };
}
