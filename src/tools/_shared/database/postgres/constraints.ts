/** A constraint that is not known to hold for all rows: added NOT VALID and never validated. */
export interface InvalidConstraint {
  schema: string;
  table: string;
  name: string;
  kind: 'check' | 'foreign-key' | 'not-null';
  /** `CHECK ((price > 0)) NOT VALID`. */
  definition: string;
}
