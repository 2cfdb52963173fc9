import { fingerprintOf } from '../../../../core/fingerprint.ts';
import { oneLine } from '../../../../core/text.ts';
import type { Subject } from '../../../../core/finding.ts';
import type { Origin } from '../../../_shared/database/origin.ts';
import { querySubject } from '../../../_shared/database/subjects.ts';

/** What a statement is called: its shape where it can be read, and who asks. */
export interface StatementName {
  label: string;
  key: string;
  origins: readonly Origin[];
}

/** For a text that no parser understood: its first word, and a digest that literals would move. */
export function nameOfText(text: string | null, queryId: string): StatementName {
  if (text === null) return { label: 'hidden statement', key: fingerprintOf([queryId]), origins: [] };
  const plain = oneLine(text);
  const word = /^[\s(]*([a-z]+)/i.exec(plain)?.[1]?.toUpperCase() ?? 'statement';
  return { label: word, key: fingerprintOf([plain]), origins: [] };
}

export function statementSubject(target: string, { label, key, origins }: StatementName): Subject {
  return querySubject(target, { label, key }, origins);
}

/** `by GET /api/orders (shop)`; null where nobody says. */
export function describeOrigins(origins: readonly Origin[]): string | null {
  const places = origins.map(({ endpoint, file, application }) => endpoint ?? file ?? application);
  const named = [...new Set(places.filter((place) => place !== null))];
  return named.length === 0 ? null : named.slice(0, 3).join(', ');
}

const MAINTENANCE =
  /^[\s(]*(?:vacuum|analyze|create|alter|drop|reindex|cluster|refresh|copy|checkpoint|truncate|grant|revoke|comment|lock|set|reset|show|begin|commit|rollback|start|end|savepoint|release|declare|fetch|close|deallocate|discard|listen|notify|call|do|explain|prepare)\b/i;

/** What a query does not do: transaction control, maintenance, changes of the schema. */
export function isUtility(text: string | null): boolean {
  return text !== null && MAINTENANCE.test(text.replace(/\/\*[\s\S]*?\*\//g, ' '));
}
