import type { Subject } from '../../../core/finding.ts';
import type { QueryShape } from '../sql/types.ts';
import type { Origin } from './origin.ts';

/** Names of what findings are about. They never hold counts, dates or literals, so that a finding keeps its id. */

export function databaseSubject(target: string): Subject {
  return { kind: 'target', name: target };
}

/** @param name as qualifiedName() has it: `public.orders` */
export function tableSubject(target: string, name: string): Subject {
  return { kind: 'table', name: `${target} ${name}` };
}

/** @param name `public.orders_pkey` */
export function indexSubject(target: string, name: string): Subject {
  return { kind: 'index', name: `${target} ${name}` };
}

export function settingSubject(target: string, name: string): Subject {
  return { kind: 'setting', name: `${target} ${name}` };
}

/** A query is named by what it does and eight digits of its key; its origin says where to look. */
export function querySubject(
  target: string,
  { label, key }: Pick<QueryShape, 'label' | 'key'>,
  origins: readonly Origin[] = [],
): Subject {
  const location = origins.map(({ file, endpoint }) => file ?? endpoint).find((place) => place !== null);
  const subject: Subject = { kind: 'query', name: `${target} ${label} ${key.slice(0, 8)}` };
  return location === undefined || location === null ? subject : { ...subject, location };
}
