import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { RearguardError, reasonOf } from '../core/errors.ts';
import type { TlsOptions } from '../platform/probe/types.ts';

/** The `tls` section of a target or dependency, its references replaced by text. */
export interface PlainTls {
  caFile?: string;
  certFile?: string;
  keyFile?: string;
  serverName?: string;
}

/** The files' texts. Throws E_CONFIG_UNREADABLE. */
export async function readTls(tls: PlainTls, directory: string): Promise<TlsOptions> {
  const read = async (path: string): Promise<string> => {
    try {
      return await readFile(resolve(directory, path), 'utf8');
    } catch (error) {
      throw new RearguardError('E_CONFIG_UNREADABLE', { path, reason: reasonOf(error) });
    }
  };
  return {
    ...(tls.caFile === undefined ? {} : { ca: await read(tls.caFile) }),
    ...(tls.certFile === undefined ? {} : { cert: await read(tls.certFile) }),
    ...(tls.keyFile === undefined ? {} : { key: await read(tls.keyFile) }),
    ...(tls.serverName === undefined ? {} : { serverName: tls.serverName }),
  };
}
