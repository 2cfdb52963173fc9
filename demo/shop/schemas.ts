/** JSON Schemas of what the shop says and accepts; its OpenAPI document is made of the same ones. */
export type Schema = Readonly<Record<string, unknown>>;

export function object(
  properties: Readonly<Record<string, Schema>>,
  optional: readonly string[] = [],
): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', required, additionalProperties: false, properties };
}

export const list = (items: Schema): Schema => ({ type: 'array', items });
export const integer = (minimum = 0): Schema => ({ type: 'integer', minimum });
export const string: Schema = { type: 'string' };
export const date: Schema = { type: 'string', format: 'date-time' };

const fieldError = object({ field: string, message: string });

export const success = (data: Schema): Schema =>
  object({ success: { type: 'boolean', const: true }, data, message: string, errors: list(fieldError) });

export const refusal: Schema = object({
  success: { type: 'boolean', const: false },
  data: { type: 'null' },
  message: string,
  errors: list(fieldError),
});

export const user = object({
  id: integer(1),
  name: string,
  email: { type: 'string', format: 'email' },
  role: { type: 'string', enum: ['customer', 'admin'] },
  createdAt: date,
});

export const product = object({
  id: integer(1),
  name: string,
  description: string,
  category: string,
  priceCents: integer(1),
  stock: integer(),
});

export const listedProduct = object({
  id: integer(1),
  name: string,
  category: string,
  priceCents: integer(1),
  sold: integer(),
  deliveryDays: { type: ['integer', 'null'] },
});

export const order = object({
  id: integer(1),
  status: { type: 'string', enum: ['pending', 'paid', 'shipped', 'payment-failed'] },
  totalCents: integer(),
  createdAt: date,
});

export const orderItem = object({
  productId: integer(1),
  name: string,
  quantity: integer(1),
  priceCents: integer(1),
});

export const page = (items: Schema): Schema =>
  object({ items: list(items), page: integer(1), pageSize: integer(1), hasMore: { type: 'boolean' } });

export const session = object({ token: string, expiresAt: date, user });

/** Examples let a monitor call the operation as it stands. */
export const idParameter: Schema = object({
  id: { type: 'integer', minimum: 1, maximum: 2_147_483_647, examples: [1] },
});

export const pageParameters: Schema = object(
  {
    page: { type: 'integer', minimum: 1, maximum: 10_000, default: 1 },
    pageSize: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
  },
  ['page', 'pageSize'],
);
