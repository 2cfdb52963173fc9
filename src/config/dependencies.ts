import type { ProbeAuth, TlsOptions } from '../platform/probe/types.ts';
import type { DependencyScheme } from '../core/dependency-schemes.ts';
import type { DependencySettings } from './dependency-schema.ts';

/** Something the backend needs. Secrets are already resolved; a Dependency never goes into a report. */
export interface Dependency extends Pick<
  DependencySettings,
  'neededBy' | 'behind' | 'optional' | 'component' | 'expect' | 'method' | 'record' | 'nameServers'
> {
  name: string;
  /** A connection URL, secrets included. */
  url: string;
  scheme: DependencyScheme;
  statusPage?: string;
  rdap?: string;
  send?: string;
  intervalMs?: number;
  timeoutMs?: number;
  /** 95 % of the answers should be at most this slow. */
  latencyMs?: number;
  headers: Readonly<Record<string, string>>;
  auth?: ProbeAuth;
  tls?: TlsOptions;
  /** Whether the config lists it, or it is a database among the targets. */
  origin: 'dependencies' | 'targets';
}
