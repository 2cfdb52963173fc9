import type { ConfigInput } from '../src/config/schema.ts';
import { type PartnerPorts, PAYMENTS_NAME, SHIPMENTS_COMPONENT } from './partners/settings.ts';
import type { RunningDemo } from './types.ts';

/** What a user of the shop would write into `rearguard.config.yaml`; secrets by reference, as anywhere. */
export function demoConfig(
  demo: Pick<
    RunningDemo,
    | 'url'
    | 'logPath'
    | 'tlsUrl'
    | 'openapiUrl'
    | 'caCertificatePath'
    | 'databaseUrlPath'
    | 'monitorTokenPath'
    | 'partners'
  >,
): ConfigInput {
  return {
    targets: {
      shop: {
        baseUrl: demo.url,
        openapi: demo.openapiUrl,
        auth: { kind: 'bearer', token: { $file: demo.monitorTokenPath } },
      },
      'shop-tls': { baseUrl: demo.tlsUrl, tls: { caFile: demo.caCertificatePath } },
      'shop-database': { database: { $file: demo.databaseUrlPath } },
    },
    dependencies: dependencies(demo.partners, demo.caCertificatePath),
    tools: {
      'api-health-monitor': {
        // The endpoints of `shop` come from its OpenAPI document.
        endpoints: [{ target: 'shop-tls', path: '/healthz' }],
        timeout: '2s',
        // On loopback nobody is disturbed, and the first report should not keep people waiting.
        round: { maxRatePerSecond: 100, maxRatePerEndpoint: 6, maxConcurrency: 16 },
      },
      'database-performance-tracker': {
        // A fault of the demo is seconds old when somebody looks for it.
        connections: { leakIdle: '2s' },
        transactions: { idle: '3s' },
      },
      'error-analyzer': { sources: [demo.logPath] },
      'dependency-health-checker': {
        timeout: '2s',
        round: { maxRatePerSecond: 100, maxRatePerDependency: 8, maxConcurrency: 16 },
      },
    },
  };
}

/** What the shop needs; it works without those that are optional, only worse. */
function dependencies(ports: PartnerPorts, caFile: string): ConfigInput['dependencies'] {
  const at = (port: number, path: string): string => `http://127.0.0.1:${port}${path}`;
  const behindGateway = (service: string, neededBy: string) => ({
    url: at(ports.gateway, `/${service}/health`),
    neededBy: [neededBy],
    behind: ['gateway'],
    optional: true,
  });
  const order = 'POST /api/orders';
  return {
    payment: { url: at(ports.payment, '/health'), neededBy: [order] },
    'payment-tls': {
      url: `tls://127.0.0.1:${ports.paymentTls}`,
      neededBy: [order],
      tls: { caFile, serverName: PAYMENTS_NAME },
    },
    names: {
      url: `dns://${PAYMENTS_NAME}`,
      record: 'A',
      nameServers: ports.names.map((port) => `127.0.0.1:${port}`),
      expect: { records: ['127.0.0.1'] },
      neededBy: [order],
    },
    cache: { url: `redis://127.0.0.1:${ports.cache}`, neededBy: ['GET /api/products/{id}'], optional: true },
    gateway: { url: at(ports.gateway, '/health') },
    delivery: behindGateway('delivery', 'GET /api/products'),
    ranking: behindGateway('ranking', 'GET /api/search'),
    shipping: {
      ...behindGateway('shipping', order),
      statusPage: at(ports.statusPage, '/api/v2/summary.json'),
      component: SHIPMENTS_COMPONENT,
    },
  };
}
