import type { LogFormat } from '../format.ts';
import { JSON_FORMATS } from './json-formats.ts';
import { text } from './text.ts';
import { TEXT_FORMATS } from './text-formats.ts';

/** Every format there is. Where two score alike, the first one is taken. */
export const LOG_FORMATS: readonly LogFormat[] = [...JSON_FORMATS, ...TEXT_FORMATS];

/** What a record is read as when its format's decoder says no. */
export const FALLBACK_FORMAT: LogFormat = text;

/** What people call formats that have a name for two of them. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  'nginx-access': 'access-log',
  'apache-access': 'access-log',
  nginx: 'access-log',
  apache: 'access-log',
  syslog: 'syslog-rfc3164',
  postgres: 'postgresql',
  mysql: 'mysql-error',
  mariadb: 'mysql-error',
  spring: 'spring-boot',
  laravel: 'monolog-line',
  glog: 'klog',
  plain: 'text',
};

/** The format of that name, or null. */
export function formatNamed(name: string): LogFormat | null {
  const known = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : name;
  return LOG_FORMATS.find((format) => format.name === known) ?? null;
}
