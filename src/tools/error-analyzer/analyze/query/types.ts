import type { LogLevel } from '../../../../core/log/level.ts';
import type { FieldRole } from '../../../_shared/logs/fields/roles.ts';

export type Operator = '=' | '!=' | '~' | '!~' | '>' | '>=' | '<' | '<=';

/** What a filter asks of a record. */
export type Filter =
  | { kind: 'and' | 'or'; parts: readonly Filter[] }
  | { kind: 'not'; part: Filter }
  /** Words that stand anywhere in the record; lower case. */
  | { kind: 'text'; text: string }
  | Comparison;

export interface Comparison {
  kind: 'comparison';
  /** As written, in lower case. */
  name: string;
  operator: Operator;
  /** Lower case. */
  value: string;
  /** Of `value`, where the operator compares sizes: a number, a level's rank, or epoch ms. */
  size: number;
}

/** Parts that every record has under a name of its own; all other names are those of fields. */
export const RECORD_PARTS = ['text', 'message', 'logger', 'exception', 'log'] as const;
export type RecordPart = (typeof RECORD_PARTS)[number];

/** One record as filters see it. Texts are made when they are first asked for, in lower case. */
export interface FilteredRecord {
  level: LogLevel;
  atMs: number;
  part(name: RecordPart): string;
  fields(): readonly FilteredField[];
}

/** A value of a record. */
export interface FilteredField {
  /** Lower case. */
  name: string;
  role: FieldRole | null;
  /** Lower case. */
  value: string;
}
