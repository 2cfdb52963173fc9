import type { MonitoredDependency } from '../collect/select.ts';

const CLIENTS: Readonly<Record<string, string>> = {
  postgres: 'pg_isready -h HOST -p PORT',
  mysql: 'mariadb-admin ping -h HOST -P PORT',
  redis: 'redis-cli -h HOST -p PORT ping',
  mongodb: 'mongosh --host HOST --port PORT --eval "db.hello()"',
  kafka: 'kafka-broker-api-versions --bootstrap-server HOST:PORT',
  grpc: 'grpc_health_probe -addr=HOST:PORT',
};

/** What to do first about a dependency that fails, by what was seen on the wire. */
export function stepsForCause(cause: string, monitored: MonitoredDependency): string[] {
  const byHand = `Try it by hand: ${tryByHand(monitored)}`;
  switch (cause) {
    case 'refused':
      return ['Nothing listens there: see whether the process runs, and on which address and port.', byHand];
    case 'unreachable':
    case 'connect-timeout':
      return [
        'Packets do not get there: look at the route, the firewall and the security group between here and there.',
        byHand,
      ];
    case 'dns-not-found':
    case 'dns-timeout':
    case 'dns-failed':
      return ['Ask the resolver for the name; correct its record, or the resolver itself.', byHand];
    case 'tls-failed':
    case 'tls-timeout':
      return [
        'The certificate findings of this dependency say what clients refuse; without one, the two sides share no protocol.',
        `See it: openssl s_client -connect ${placeOf(monitored)}`,
      ];
    case 'no-response':
    case 'body-timeout':
      return [
        'The kernel accepts and the process does not answer: look whether it is stopped, swapping, or waiting for its disk or a lock.',
        'Restart it if it does not recover; give every caller a deadline shorter than its own.',
        byHand,
      ];
    case 'auth-failed':
      return [
        'The credentials in the config are refused: were they rotated, or has the account lost its right to connect?',
        byHand,
      ];
    case 'not-ready':
      return [
        'It answers that it cannot serve now: it is starting, loading, read-only or full. Its own log says which.',
        byHand,
      ];
    case 'status-4xx':
    case 'status-unexpected':
    case 'assertion':
      return [
        'Either the other side changed, or the expectation and credentials in the config are wrong; correct the one that is.',
        byHand,
      ];
    case 'protocol-error':
      return ['Something else answers on that port: check host, port and scheme of the URL.', byHand];
    case 'target-refused':
      return ['Add the host to `allowHosts`, if it is yours.'];
    default:
      return ['Read the newest error in its log, or tell its owner, with the times above.', byHand];
  }
}

function placeOf({ plan }: MonitoredDependency): string {
  if (plan.kind === 'http') return new URL(plan.url).host;
  if (plan.kind === 'dns') return plan.name;
  return plan.kind === 'domain' ? plan.domain : `${plan.host}:${plan.port}`;
}

function tryByHand({ kind, location, plan }: MonitoredDependency): string {
  switch (plan.kind) {
    case 'http':
      return `curl -sv -o /dev/null '${location}'`;
    case 'dns':
      return `dig ${plan.name} ${plan.type}`;
    case 'domain':
      return `curl -sL '${plan.rdapUrl}/domain/${plan.domain}'`;
    default: {
      const client = CLIENTS[kind] ?? 'nc -v HOST PORT';
      return client.replace('HOST', plan.host).replace('PORT', String(plan.port));
    }
  }
}
