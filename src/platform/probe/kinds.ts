import type { ProbeContext } from './http-probe.ts';
import type { ProbePlan, WireKind } from './plans.ts';
import type { ProbeOutcome } from './types.ts';
import type { WireProtocol } from './wire/protocol.ts';
import { probeWire } from './wire/wire-probe.ts';

type OtherPlan = Exclude<ProbePlan, { kind: 'http' }>;

/** Each loads with its first probe: a process that watches Redis needs no Kafka. */
const PROTOCOLS: Readonly<Record<WireKind, () => Promise<WireProtocol>>> = {
  tcp: async () => (await import('./wire/tcp.ts')).tcp,
  postgres: async () => (await import('./wire/postgres.ts')).postgres,
  mysql: async () => (await import('./wire/mysql.ts')).mysql,
  redis: async () => (await import('./wire/redis.ts')).redis,
  mongodb: async () => (await import('./wire/mongodb.ts')).mongodb,
  amqp: async () => (await import('./wire/amqp.ts')).amqp,
  kafka: async () => (await import('./wire/kafka.ts')).kafka,
  nats: async () => (await import('./wire/nats.ts')).nats,
  mqtt: async () => (await import('./wire/mqtt.ts')).mqtt,
  smtp: async () => (await import('./wire/smtp.ts')).smtp,
  grpc: async () => (await import('./wire/grpc.ts')).grpc,
  websocket: async () => (await import('./wire/websocket.ts')).websocket,
};

/** Any kind but HTTP, which has a prober of its own. */
export async function probeKind(plan: OtherPlan, context: ProbeContext): Promise<ProbeOutcome> {
  switch (plan.kind) {
    case 'tls':
      return (await import('./tls-scan.ts')).scanTls(plan, context);
    case 'dns':
      return (await import('./dns-servers.ts')).probeDnsServers(plan, context);
    case 'domain':
      return (await import('./domain.ts')).probeDomain(plan, context);
    default:
      return probeWire(plan, await PROTOCOLS[plan.kind](), context);
  }
}
