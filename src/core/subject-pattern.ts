import type { Subject } from './finding.ts';

type Named = Pick<Subject, 'kind' | 'name'>;

/**
 * Whether a pattern of the config means this subject: the name of a target or dependency (`shop`, `payment`), an endpoint
 * with or without target and method (`shop GET /api/orders`, `GET /api/orders`, `/api/orders/*`). `*` stands for anything.
 */
export function matchesSubject(pattern: string, { kind, name }: Named): boolean {
  if (kind !== 'endpoint')
    return globMatches(pattern, name) || (kind === 'certificate' && beginsWith(pattern, name));
  const [target = '', method = '', ...path] = name.split(' ');
  const rest = path.join(' ');
  return [name, `${method} ${rest}`, `${target} ${rest}`, rest, target].some((form) =>
    globMatches(pattern, form),
  );
}

/** An empty list means everything. */
export function matchesAnySubject(patterns: readonly string[], subject: Named): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matchesSubject(pattern, subject));
}

/** A certificate belongs to the target or dependency its name begins with. */
function beginsWith(pattern: string, name: string): boolean {
  return globMatches(pattern, name.split(' ', 1)[0] ?? name);
}

function globMatches(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern === text;
  const parts = pattern.split('*');
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (index === 0) {
      if (!text.startsWith(part)) return false;
      at = part.length;
    } else if (index === parts.length - 1) {
      return text.length - part.length >= at && text.endsWith(part);
    } else {
      const found = text.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
  }
  return true;
}
