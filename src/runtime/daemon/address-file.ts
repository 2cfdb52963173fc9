import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { RearguardError, reasonOf } from '../../core/errors.ts';

/** Where the daemon of a store answers, and the token it asks for; for those who may read the store anyway. */
const addressSchema = z.object({ url: z.string(), token: z.string(), pid: z.int() });
export type Address = z.infer<typeof addressSchema>;

/** Beside the store: whoever finds one finds the other. */
export function addressPath(storePath: string): string {
  return join(dirname(storePath), 'serve.json');
}

/** Whole or not at all, and readable for this user alone from its first byte. Throws E_OUTPUT_WRITE. */
export async function writeAddress(storePath: string, address: Address): Promise<string> {
  const path = addressPath(storePath);
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(address)}\n`);
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (thrown) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw new RearguardError('E_OUTPUT_WRITE', { path, reason: reasonOf(thrown) }, { cause: thrown });
  }
  return path;
}

/** undefined when there is none, or none that can be read. */
export async function readAddress(storePath: string): Promise<Address | undefined> {
  try {
    return addressSchema.parse(JSON.parse(await readFile(addressPath(storePath), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Takes ours away; one that another daemon wrote since then stays. */
export async function removeAddress(storePath: string, { token }: Pick<Address, 'token'>): Promise<void> {
  if ((await readAddress(storePath))?.token === token) await rm(addressPath(storePath), { force: true });
}
