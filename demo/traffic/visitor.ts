import { linkSignals } from '../../src/platform/abort.ts';
import { SHOPPER_PASSWORD } from '../seed.ts';

export interface Visit {
  shopUrl: string;
  customers: number;
  /** Uniform in [0, 1). */
  random: () => number;
  think: () => Promise<void>;
  signal: AbortSignal;
}

/** Then a visitor gives up. */
const ANSWER_TIMEOUT_MS = 10_000;
const SEARCHES = ['lamp', 'oak', 'desk', 'kettle', 'wool', 'copper clock', 'cork', 'bag'];
const LOGIN_SHARE = 0.4;
const SIGNUP_SHARE = 0.03;
const ORDER_SHARE = 0.35;

interface Listed {
  items?: { id: number }[];
}

/** One person's visit, from the catalogue to perhaps an order; they leave when the shop does not answer. */
export async function visit(options: Visit): Promise<void> {
  const { random, think } = options;
  let token: string | undefined;

  async function call<Data>(method: string, path: string, body?: unknown): Promise<Data | undefined> {
    await think();
    options.signal.throwIfAborted();
    const limit = linkSignals([options.signal], ANSWER_TIMEOUT_MS);
    const response = await fetch(options.shopUrl + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: limit.signal,
    });
    const text = await response.text();
    limit.dispose();
    return response.ok ? (JSON.parse(text) as { data: Data }).data : undefined;
  }
  const anyOf = <Item>(items: readonly Item[] | undefined): Item | undefined =>
    items?.[Math.floor(random() * items.length)];
  const anyProduct = async (listed: Listed | undefined): Promise<number> => {
    const id = anyOf(listed?.items)?.id ?? 1;
    await call('GET', `/api/products/${id}`);
    return id;
  };

  try {
    await anyProduct(await call<Listed>('GET', `/api/products?page=${1 + Math.floor(random() * 3)}`));
    const query = encodeURIComponent(anyOf(SEARCHES) ?? 'lamp');
    const wanted = await anyProduct(await call<Listed>('GET', `/api/search?q=${query}`));
    if (random() >= LOGIN_SHARE) return;

    token = (await call<{ token: string }>('POST', ...credentials(options)))?.token;
    if (token === undefined) return;
    await call('GET', '/api/users/me');
    const order = anyOf((await call<Listed>('GET', '/api/orders'))?.items);
    if (order) await call('GET', `/api/orders/${order.id}`);
    if (random() < ORDER_SHARE) {
      await call('POST', '/api/orders', { items: [{ productId: wanted, quantity: 1 }] });
      await call('GET', '/api/orders');
    }
    await call('POST', '/api/auth/logout');
  } catch {
    // Refused, cut off or too slow: a person gives up and comes back later.
    await think();
  }
}

/** Most log in with their account; a few open one. */
function credentials({ random, customers }: Visit): [path: string, body: object] {
  if (random() < SIGNUP_SHARE) {
    const email = `visitor-${Math.floor(random() * 1e12).toString(36)}@shop.example`;
    return ['/api/auth/signup', { email, name: 'New visitor', password: SHOPPER_PASSWORD }];
  }
  const email = `shopper${1 + Math.floor(random() * customers)}@shop.example`;
  return ['/api/auth/login', { email, password: SHOPPER_PASSWORD }];
}
