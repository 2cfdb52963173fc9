import type { MetricValue } from '../../core/metric.ts';
import { isSecretName, type Redactor } from '../../core/redact.ts';

/** Names of endpoints come back with every series and every scrape; what is new beyond this many starts over. */
const MAX_REMEMBERED = 50_000;

/** Takes the secrets of a config out of labels; each text is looked at once, for a scrape has tens of thousands. */
export function createLabelRedactor(
  redactor: Redactor,
): (metrics: readonly MetricValue[]) => readonly MetricValue[] {
  const known = new Map<string, string>();

  function shown(text: string): string {
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    if (known.size >= MAX_REMEMBERED) known.clear();
    const clean = redactor.text(text);
    known.set(text, clean);
    return clean;
  }

  return (metrics) =>
    metrics.map((metric) => ({
      ...metric,
      attributes: Object.fromEntries(
        Object.entries(metric.attributes).map(([name, value]) => [
          name,
          isSecretName(name) ? '[redacted]' : shown(value),
        ]),
      ),
    }));
}
