import { dirname } from 'node:path';
import { findConfig } from '../../../../config/find.ts';
import { loadConfig } from '../../../../config/load.ts';
import type { ResolvedConfig } from '../../../../config/types.ts';
import type { CommandContext } from '../../../context.ts';
import { readUrl } from './address.ts';
import { addressKey, type Listed } from './merge.ts';

export interface ListedInConfig extends Listed {
  /** Of dependencies and targets. */
  names: ReadonlySet<string>;
}

/** What the config lists already, in addresses and in names of variables. */
export async function listedInConfig(
  ctx: Pick<CommandContext, 'dependencies' | 'directory' | 'targets'>,
): Promise<ListedInConfig> {
  const written = await readWritten(ctx.directory);
  const urls = [
    ...ctx.dependencies.map(({ url }) => url),
    // The backend itself is no dependency of its own.
    ...ctx.targets.map((target) => (target.kind === 'http' ? target.baseUrl : target.url)),
  ];
  const addresses = urls.flatMap((url) => readUrl(url)?.address ?? []);
  const kinds = new Set(ctx.dependencies.flatMap(({ url }) => readUrl(url)?.address ?? []).map(kindOf));
  if (['postgres', 'mysql', 'mongodb'].some((kind) => kinds.has(kind))) kinds.add('database');
  return {
    addresses: new Set(addresses.map(addressKey)),
    variables: new Set(variablesIn(written)),
    kinds,
    names: new Set([
      ...ctx.dependencies.map(({ name }) => name),
      ...ctx.targets.map(({ name }) => name),
      ...Object.keys(written?.dependencies ?? {}),
    ]),
  };
}

function kindOf(address: Parameters<typeof addressKey>[0]): string {
  return addressKey(address).split(' ', 1)[0] ?? '';
}

/** The config as written, with its references; undefined when this folder has none. */
async function readWritten(directory: string): Promise<ResolvedConfig | undefined> {
  const path = await findConfig(directory);
  if (path === undefined || dirname(path) !== directory) return undefined;
  // It was loaded before this command began; what is wrong with it was said then.
  return loadConfig({ cwd: directory, path, env: {}, required: false }).catch(() => undefined);
}

function variablesIn(config: ResolvedConfig | undefined): string[] {
  const urls = [
    ...Object.values(config?.dependencies ?? {}).map(({ url }) => url),
    ...Object.values(config?.targets ?? {}).map((target) =>
      'database' in target ? target.database : target.baseUrl,
    ),
  ];
  return urls.flatMap((url) => (typeof url === 'object' && '$env' in url ? [url.$env] : []));
}
