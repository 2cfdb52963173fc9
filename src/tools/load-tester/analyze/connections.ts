import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { latencyMean } from '../../../core/load/latency-histogram.ts';
import { ms } from '../../../core/rounding.ts';
import { RULES } from '../rules.ts';
import { sliceFigures } from './figures.ts';
import { type Situation, targetSubject } from './situation.ts';

const MIN_CLOSED = 50;
const MAX_REQUESTS_EACH = 2;

/** connections-not-reused: the server ends connections that it was asked to keep. */
export function assessConnections(situation: Situation): Assessment {
  const assessment = emptyAssessment();
  if (!situation.keepAlive) return assessment;
  const { total } = situation.record;
  const { whole } = sliceFigures(total);
  if (whole.succeeded < MIN_CLOSED) return assessment;
  const subject = targetSubject(situation);
  assessment.checked.push({ subject, rule: RULES.connectionsNotReused });
  const { closedByServer, opened } = total;
  // What we closed ourselves after a failure is not the server's doing.
  if (closedByServer < MIN_CLOSED || whole.ended / closedByServer > MAX_REQUESTS_EACH) return assessment;
  const connectMs = latencyMean(total.connect);
  const tlsMs = latencyMean(total.tls);
  const openingMs = (connectMs ?? 0) + (tlsMs ?? 0);
  const responseMs = whole.response.mean;
  assessment.findings.push({
    rule: RULES.connectionsNotReused.id,
    severity: RULES.connectionsNotReused.severity,
    confidence: 'proven',
    title: `${situation.target} closes the connection after each response: ${opened} connections for ${whole.ended} requests`,
    subject,
    evidence: [
      { label: 'requests', value: whole.ended },
      { label: 'connections opened', value: opened },
      { label: 'closed by the server', value: closedByServer },
      ...(connectMs === null ? [] : [{ label: 'opening TCP, mean', value: ms(connectMs), unit: 'ms' }]),
      ...(tlsMs === null ? [] : [{ label: 'TLS, mean', value: ms(tlsMs), unit: 'ms' }]),
    ],
    impact: {
      summary:
        responseMs === null || responseMs <= 0
          ? `${ms(openingMs)} ms for a connection with every request`
          : `${ms(openingMs)} of ${ms(responseMs)} ms of a response is opening its connection`,
      basis: 'measured',
      value: ms(openingMs),
      unit: 'ms',
    },
    fix: {
      summary: RULES.connectionsNotReused.fix,
      steps: [
        'Node: server.keepAliveTimeout above the idle timeout of what stands before it, and no `connection: close` header.',
        'nginx before it: `proxy_http_version 1.1;` and `proxy_set_header Connection "";` with `keepalive` in the upstream.',
      ],
    },
    check: situation.check,
  });
  return assessment;
}
