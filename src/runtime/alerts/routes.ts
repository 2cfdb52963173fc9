import type { AlertSettings } from '../../config/alert-schema.ts';
import type { Subject } from '../../core/finding.ts';
import type { Severity } from '../../core/severity.ts';
import { matchesSubject } from '../../core/subject-pattern.ts';

/**
 * Names of the notifiers a message goes to: those of every route that fits, and those who were told of the same episode
 * before, so that nobody hears of a failure and not of its end.
 */
export function recipientsOf(
  { severity, subjects }: { severity: Severity; subjects: readonly Subject[] },
  told: readonly string[],
  { routes, notifiers }: Pick<AlertSettings, 'routes' | 'notifiers'>,
): string[] {
  const all = Object.keys(notifiers);
  const routed = routes
    .filter((route) => route.severities?.includes(severity) ?? true)
    .filter(({ subjects: patterns }) => fits(patterns, subjects))
    .flatMap((route) => route.notifiers);
  const wanted = new Set(routes.length === 0 ? all : routed);
  return all.filter((name) => wanted.has(name) || told.includes(name));
}

/** A resolved message goes to those who were told and are still there. */
export function toldBefore(
  told: readonly string[],
  { notifiers }: Pick<AlertSettings, 'notifiers'>,
): string[] {
  return told.filter((name) => Object.hasOwn(notifiers, name));
}

function fits(patterns: readonly string[] | undefined, subjects: readonly Subject[]): boolean {
  if (patterns === undefined) return true;
  return subjects.some((subject) => patterns.some((pattern) => matchesSubject(pattern, subject)));
}
