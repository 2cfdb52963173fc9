import type { ConfigInput } from './schema.ts';
import type { SecretReference } from './types.ts';

/** Types and completes `rearguard.config.ts`; returns its argument. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}

/** The value of an environment variable, read when it is used and never printed or stored. */
export function env(name: string): SecretReference {
  return { $env: name };
}

/** The content of a file without its last line break, read when it is used; relative to the config. */
export function file(path: string): SecretReference {
  return { $file: path };
}
