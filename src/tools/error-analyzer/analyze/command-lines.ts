/** Files as a shell reads them back. What came through a pipe is not there any more. */
export function filesAsWritten(files: readonly string[]): string[] {
  return files
    .filter((file) => file !== '-')
    .map((file) => (/^[\w@%+=:,./-]+$/.test(file) ? file : `'${file.replaceAll("'", `'\\''`)}'`));
}

/** `rearguard errors show e3f9a1c20b7d app.log`: a command about one group, on the files that were looked at. */
export function commandOn(
  command: string,
  group: string,
  files: readonly string[],
  ...more: string[]
): string {
  return ['rearguard errors', command, group, ...filesAsWritten(files), ...more].join(' ');
}
