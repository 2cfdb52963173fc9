/** The brands that sell in this one shop; a customer belongs to one of them for good. */
export const TENANTS = ['north', 'south', 'west'] as const;
export type Tenant = (typeof TENANTS)[number];

export function tenantOf(userId: number): Tenant {
  return TENANTS[userId % TENANTS.length] ?? 'north';
}
