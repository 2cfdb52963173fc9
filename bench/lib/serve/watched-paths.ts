import type { ConfigInput } from '../../../src/config/schema.ts';
import type { TruthServer } from '../truth.ts';

/** A config that watches so many paths of the truth server. */
export function configFor(
  truth: TruthServer,
  options: { count: number; interval: string; more?: ConfigInput },
): { paths: string[]; config: ConfigInput } {
  const paths = Array.from({ length: options.count }, (_, index) => `/endpoint/${index}`);
  return {
    paths,
    config: {
      targets: { truth: { baseUrl: truth.url('') } },
      tools: {
        'api-health-monitor': {
          endpoints: paths.map((path) => `GET ${path}`),
          interval: options.interval,
          warm: false,
        },
      },
      serve: { port: 0 },
      ...options.more,
    },
  };
}
