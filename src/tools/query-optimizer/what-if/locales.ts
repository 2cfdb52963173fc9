import type { SandboxDatabase } from '../../../platform/postgres/sandbox-types.ts';

/** The source's own, as it may be spelled elsewhere; else one that is not C, if the source's is not. */
export function localesFor(locale: string): string[] {
  if (isC(locale)) return ['C'];
  const spelled = locale.replace(/\.utf-?8$/i, '.UTF-8');
  return [...new Set([locale, spelled, 'en_US.UTF-8', 'C.UTF-8'])];
}

export function localeLimits(source: string, { locale }: SandboxDatabase): string[] {
  if (isC(source) === isC(locale)) return [];
  return [`Values are ordered as in ${locale}, not as in ${source}: which indexes serve LIKE may differ.`];
}

function isC(locale: string): boolean {
  return locale === 'C' || locale === 'POSIX';
}
