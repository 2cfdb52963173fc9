/**
 * Tier 1: the typed shape of a line, a pure function of its bytes. Its key is the hash of its canonical text under a schema version, the same on every
 * machine and in every order, so an id that was told once stays true.
 */
export interface Shape {
  /** 16 hex. */
  key: string;
  /** Canonical text: literals as they are, `<*>` for each variable. What tier 2 and explanations work on; splitting it at spaces gives the tokens. */
  canonical: string;
  /** For people: the first line's own words with variables as `<*>`. */
  template: string;
}

/** Shapes of all lines seen, by a dense index; bounded. */
export interface ShapeTable {
  /** Hot. Index of the shape of this text; OVERFLOW_SHAPE once the table is full and the shape is not in it. */
  indexOf(bytes: Uint8Array, start: number, end: number): number;
  shape(index: number): Shape;
  /** How many there are, the one of overflow included. */
  readonly size: number;
  /** Lines that fell under it since the beginning. */
  readonly overflowed: number;
}

/** Stands for all shapes past the cap. */
export const OVERFLOW_SHAPE = 0;

/** Tier 2: one shape belongs to the group of another. An edge is stored, with its reason; it never makes a new id. */
export interface ShapeEdge {
  child: string;
  parent: string;
  reason: ShapeEdgeReason;
}

export interface ShapeEdgeReason {
  kind: 'varying-word' | 'absorbed' | 'optional-part';
  /** Which word of the canonical text varies, counted from 0. */
  position: number;
  /** Distinct words seen there. */
  distinct: number;
  /** How many were needed. */
  needed: number;
}
