import type { ConfigInput } from '../src/config/schema.ts';
import type { RunningDemo } from './start.ts';

/** What a user of the shop would write into `rearguard.config.yaml`; secrets by reference, as anywhere. */
export function demoConfig(
  demo: Pick<
    RunningDemo,
    'url' | 'tlsUrl' | 'openapiUrl' | 'caCertificatePath' | 'databaseUrlPath' | 'monitorTokenPath'
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
    tools: {
      'api-health-monitor': {
        // The endpoints of `shop` come from its OpenAPI document.
        endpoints: [{ target: 'shop-tls', path: '/healthz' }],
        timeout: '2s',
        // On loopback nobody is disturbed, and the first report should not keep people waiting.
        round: { maxRatePerSecond: 100, maxRatePerEndpoint: 6, maxConcurrency: 16 },
      },
    },
  };
}
