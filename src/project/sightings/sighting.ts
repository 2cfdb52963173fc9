import { capText, oneLine } from '../../core/text.ts';
import { redactText } from '../../core/redact.ts';
import type { Address } from './address.ts';

/** One place where something speaks of a dependency. */
export interface Sighting {
  /** Scheme family: postgres, redis, https … */
  kind: string;
  /** Without any credentials; null where only the kind is known. */
  address: Address | null;
  /** Environment variable that holds the whole URL, in a form a config accepts. */
  variable: string | null;
  /** `compose.yaml: service redis` */
  source: string;
  confidence: 'likely' | 'possible';
  /** What people would call it: a service, a vendor, the front of a variable's name. */
  nameHint: string;
  statusPage: string | null;
}

const MAX_SOURCE_LENGTH = 120;

/** A place for people: names of files and services are text of others. */
export function sourceText(path: string, detail?: string | number): string {
  const text = typeof detail === 'number' ? `${path}:${detail}` : detail ? `${path}: ${detail}` : path;
  return capText(redactText(oneLine(text)), MAX_SOURCE_LENGTH);
}
