import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** What people use today for this: Prometheus scraping blackbox_exporter, one target per endpoint. */
export interface BlackboxPeer {
  /** Exporter and Prometheus. */
  pids: number[];
  /** Every probe duration that Prometheus has stored, in milliseconds. */
  latencies(): Promise<number[]>;
  stop(): void;
}

const EXPORTER = 'prometheus-blackbox-exporter';
const PROMETHEUS = 'prometheus';

/** Programs of the peer that are not on PATH; Debian has a package of the same name for each. */
export function missingPeerPrograms(): string[] {
  return [EXPORTER, PROMETHEUS].filter((name) => !isOnPath(name));
}

/** Probes the urls every `intervalMs`, from their own launch on. */
export async function startBlackbox(urls: readonly string[], intervalMs: number): Promise<BlackboxPeer> {
  const directory = mkdtempSync(join(tmpdir(), 'rearguard-blackbox-'));
  const [exporterPort, prometheusPort] = await freePorts();
  const file = (name: string, content: unknown): string => {
    const path = join(directory, name);
    // JSON is YAML.
    writeFileSync(path, JSON.stringify(content));
    return path;
  };
  const modules = {
    http_2xx: { prober: 'http', timeout: '5s', http: { preferred_ip_protocol: 'ip4' } },
  };
  const scrape = {
    job_name: 'probe',
    scrape_interval: `${intervalMs}ms`,
    scrape_timeout: `${Math.min(5_000, intervalMs)}ms`,
    metrics_path: '/probe',
    params: { module: ['http_2xx'] },
    static_configs: [{ targets: urls }],
    relabel_configs: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { source_labels: ['__param_target'], target_label: 'instance' },
      { target_label: '__address__', replacement: `127.0.0.1:${exporterPort}` },
    ],
  };
  const children: ChildProcess[] = [
    spawn(EXPORTER, [
      `--config.file=${file('blackbox.yml', { modules })}`,
      `--web.listen-address=127.0.0.1:${exporterPort}`,
    ]),
    spawn(PROMETHEUS, [
      `--config.file=${file('prometheus.yml', { scrape_configs: [scrape] })}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
    ]),
  ];
  for (const child of children) child.stderr?.resume();

  return {
    pids: children.map((child) => child.pid ?? -1),
    async latencies() {
      const query = new URLSearchParams({ query: 'probe_duration_seconds[10m]' });
      const response = await fetch(`http://127.0.0.1:${prometheusPort}/api/v1/query?${query.toString()}`);
      const answer = (await response.json()) as PrometheusMatrix;
      return answer.data.result.flatMap((series) => series.values.map(([, value]) => Number(value) * 1_000));
    },
    stop() {
      for (const child of children) child.kill('SIGKILL');
      rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

interface PrometheusMatrix {
  data: { result: { values: [number, string][] }[] };
}

function isOnPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return [ports[0] ?? 0, ports[1] ?? 0];
}
