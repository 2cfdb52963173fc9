import { createHash, randomBytes } from 'node:crypto';
import type { Client, Pool } from 'pg';

export interface User {
  id: number;
  name: string;
  email: string;
  role: 'customer' | 'admin';
  createdAt: Date;
}

export const USER_COLUMNS = 'u.id, u.name, u.email, u.role, u.created_at as "createdAt"';

const SESSION_LIFE_MS = 8 * 3_600_000;

export async function openSession(
  database: Pool | Client,
  userId: number,
): Promise<{ token: string; expiresAt: Date }> {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(Date.now() + SESSION_LIFE_MS);
  await database.query('insert into sessions (token_hash, user_id, expires_at) values ($1, $2, $3)', [
    hashToken(token),
    userId,
    expiresAt,
  ]);
  return { token, expiresAt };
}

export async function findSession(pool: Pool, token: string): Promise<User | null> {
  const { rows } = await pool.query<User>(
    `select ${USER_COLUMNS} from sessions s join users u on u.id = s.user_id
     where s.token_hash = $1 and s.expires_at > now()`,
    [hashToken(token)],
  );
  return rows[0] ?? null;
}

export async function closeSession(pool: Pool, token: string): Promise<void> {
  await pool.query('delete from sessions where token_hash = $1', [hashToken(token)]);
}

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
