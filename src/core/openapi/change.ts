/** What a change means to those who call the API as it was. */
export type Compatibility = 'breaking' | 'may-break' | 'compatible';

/** One difference between two versions of an operation. */
export interface ContractChange {
  compatibility: Compatibility;
  /** Where: `response 200 body.email`, `query limit`, `request body.items[].sku`, `security`. */
  place: string;
  /** What changed, as a sentence without its subject: `is gone`, `is now required`. */
  what: string;
  /** What a caller has to do about it; null where nothing. */
  migration: string | null;
}

/** Everything that changed about one operation. */
export interface OperationChange {
  /** In upper case. */
  method: string;
  path: string;
  kind: 'added' | 'removed' | 'changed';
  changes: readonly ContractChange[];
}

const ORDER: readonly Compatibility[] = ['breaking', 'may-break', 'compatible'];

/** The worst of them. */
export function compatibilityOf(changes: readonly ContractChange[]): Compatibility {
  return ORDER.find((one) => changes.some(({ compatibility }) => compatibility === one)) ?? 'compatible';
}
