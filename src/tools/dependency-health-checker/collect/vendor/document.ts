import { z } from 'zod';
import { capText, oneLine } from '../../../../core/text.ts';
import { redactText } from '../../../../core/redact.ts';

export const VENDOR_STATES = ['operational', 'degraded', 'outage', 'maintenance', 'unknown'] as const;
export type VendorState = (typeof VENDOR_STATES)[number];

export interface VendorIncident {
  title: string;
  /** In the page's own words; empty where it gives none. */
  impact: string;
  startedAtMs: number | null;
  url: string | null;
}

/** What one document of a status page says. */
export interface VendorStatement {
  state: VendorState;
  /** One line, for people. */
  summary: string;
  incidents: VendorIncident[];
  /** Why the state is unknown; null otherwise. */
  reason: string | null;
}

/** Reads a document in one format; undefined when it is in another. */
export type StatementReader = (
  text: string,
  options: { component: string | undefined; nowMs: number },
) => VendorStatement | undefined;

const MAX_INCIDENTS = 10;
const MAX_TEXT = 200;

export function statement(
  state: VendorState,
  summary: string,
  incidents: readonly VendorIncident[] = [],
): VendorStatement {
  return { state, summary: pageText(summary), incidents: incidents.slice(0, MAX_INCIDENTS), reason: null };
}

export function unknownStatement(reason: string): VendorStatement {
  return { state: 'unknown', summary: '', incidents: [], reason: pageText(reason) };
}

/** Text of a page of others: one line, short, and harmless. */
export function pageText(text: string): string {
  return redactText(capText(oneLine(text), MAX_TEXT));
}

/** Only what a browser opens; anything else is no address of an incident. */
export function pageUrl(url: string | null | undefined): string | null {
  return url && /^https?:\/\//i.test(url) && URL.canParse(url) ? pageText(url) : null;
}

export function timeOf(text: string | null | undefined): number | null {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? null : ms;
}

/** A list of which entries of another shape are left out, so that one of them costs nothing else. */
export function lenientList<Schema extends z.ZodType>(entry: Schema) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((entries) =>
      entries.flatMap((one) => {
        const result = entry.safeParse(one);
        return result.success ? [result.data] : [];
      }),
    );
}

export const lenientText = z.string().nullish().catch(null);

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Worst first. */
const WORST: readonly VendorState[] = ['outage', 'degraded', 'maintenance', 'unknown', 'operational'];

export function worstOf(states: readonly VendorState[]): VendorState {
  return WORST.find((state) => states.includes(state)) ?? 'operational';
}

/** Components by name, as people type it, or by id. */
export function findComponents<Component extends { name: string; id?: string | null | undefined }>(
  components: readonly Component[],
  wanted: string,
): Component[] {
  const name = wanted.trim().toLowerCase();
  return components.filter(
    (component) => component.name.trim().toLowerCase() === name || component.id === wanted,
  );
}

export function missingComponent(wanted: string, names: readonly string[]): VendorStatement {
  const known = names.length === 0 ? 'it lists none' : `it has ${names.slice(0, 8).join(', ')}`;
  return unknownStatement(`the page has no component "${wanted}"; ${known}`);
}
