import { rotationNameOf } from './rotation-name.ts';

/** Endings of logs; of other files only those that no configuration, data or program has. */
const ENDINGS = /\.(?:log|logs|err|out|jsonl|ndjson|csv|json|txt)$/i;
/** Names that daemons give their logs without an ending. */
const NAMES =
  /^(?:syslog|messages|secure|auth|kern|daemon|mail|maillog|cron|user|debug|dmesg|boot|current|stdout|stderr|alternatives|error|access)$|[-_.](?:log|error|access|stdout|stderr)$/i;
const AMBIGUOUS_ENDINGS = /\.(?:csv|json|txt)$/i;

/** Whether a file found in a folder is taken for a log by its name, whatever rotation has made of it; `maybe` when its content must decide. */
export function isLogName(name: string): boolean | 'maybe' {
  if (name.startsWith('.')) return false;
  const { base } = rotationNameOf(name, () => true);
  if (AMBIGUOUS_ENDINGS.test(base)) return 'maybe';
  return ENDINGS.test(base) || NAMES.test(base);
}

/** Folders that hold other people's files by the thousand. */
const SKIPPED = new Set(['node_modules', 'journal', 'proc', 'sys']);

export function isLogFolderName(name: string): boolean {
  return !name.startsWith('.') && !SKIPPED.has(name);
}
