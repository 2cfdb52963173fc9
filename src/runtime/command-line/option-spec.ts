/** What one option or positional argument takes; the same shape for commands of tools and of our own. */
export interface OptionSpec {
  /** Field of the command's input, camelCase. */
  field: string;
  /** A list takes its items separated by commas, by repeating the flag, or both. */
  kind: 'boolean' | 'number' | 'integer' | 'string' | 'list';
  description: string;
  /** Name of the value in help; `duration` and `file` also guide completion. */
  placeholder: string;
  choices?: readonly string[];
  /** As people would type it. */
  defaultText?: string;
  required: boolean;
  positional: boolean;
  /** `--save` and `--save name` are both right. */
  valueOptional: boolean;
  /** A switch that is on by default is turned off with `--no-…`. */
  onByDefault: boolean;
  /** What the shell completes where the choices are not known before run time. */
  completes?: 'file' | 'directory';
}

/** `maxRatePerSecond` to `max-rate-per-second`. */
export function kebabCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The flag as one types it, without its value. */
export function flagOf(option: OptionSpec): string {
  if (option.positional) return `<${kebabCase(option.field)}>`;
  return option.onByDefault ? `--no-${kebabCase(option.field)}` : `--${kebabCase(option.field)}`;
}
