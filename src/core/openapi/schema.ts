/** The parts of a JSON Schema that decide what a client may send or has to expect. */
export interface Schema {
  $ref?: string;
  type?: string | readonly string[];
  /** OpenAPI 3.0. */
  nullable?: boolean;
  format?: string;
  enum?: readonly unknown[];
  const?: unknown;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  allOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  anyOf?: readonly Schema[];
  readOnly?: boolean;
  writeOnly?: boolean;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  example?: unknown;
  examples?: readonly unknown[];
  default?: unknown;
}
