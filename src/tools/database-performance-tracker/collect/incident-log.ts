import { z } from 'zod';
import { createRedactor } from '../../../core/redact.ts';
import { capText } from '../../../core/text.ts';
import type { Store } from '../../../store/store.ts';
import { type ChainRow, chainRows } from '../analyze/chain-rows.ts';
import { countConnections } from '../analyze/connections.ts';
import type { LiveFacts } from '../analyze/facts.ts';
import { TOOL } from '../rules.ts';

/**
 * What a watch saw while something was wrong, for whoever cannot get in: a watch keeps its connection, and a command that
 * begins during the incident may find none left.
 */

const KIND = 'incident';
const MAX_ROWS = 50;
const MAX_TEXT = 300;

const witnessSchema = z.object({
  chains: z.array(z.custom<ChainRow>((row) => typeof row === 'object' && row !== null)),
  used: z.number(),
  usable: z.number(),
  applications: z.array(z.object({ application: z.string(), total: z.number(), idle: z.number() })),
});

export type Witness = z.infer<typeof witnessSchema> & { atMs: number };

/** Statements are the user's own: secrets in them are taken out before they are kept. */
export function storeIncident(
  { observations }: Pick<Store, 'observations'>,
  { target, atMs, server, activity, forest }: LiveFacts,
): void {
  if (!activity.known || !forest.known) return;
  const { used, usable, applications } = countConnections(server, activity.value);
  const document: z.infer<typeof witnessSchema> = {
    chains: chainRows(forest.value)
      .slice(0, MAX_ROWS)
      .map((row) => ({ ...row, text: row.text === null ? null : capText(row.text, MAX_TEXT) })),
    used,
    usable,
    applications: applications
      .slice(0, MAX_ROWS)
      .map(({ application, total, idle }) => ({ application, total, idle })),
  };
  observations.add({
    tool: TOOL,
    subject: target,
    kind: KIND,
    atMs,
    document: createRedactor([]).deep(document),
  });
}

/** The newest one of the last minutes; null when nobody watched, or nothing was wrong. */
export function latestIncident(
  { observations }: Pick<Store, 'observations'>,
  target: string,
  sinceMs: number,
): Witness | null {
  const latest = observations.latest({ tool: TOOL, subject: target, kind: KIND });
  if (latest === undefined || latest.atMs < sinceMs) return null;
  const parsed = witnessSchema.safeParse(latest.document);
  return parsed.success ? { ...parsed.data, atMs: latest.atMs } : null;
}
