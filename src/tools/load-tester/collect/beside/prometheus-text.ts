/** One value of a text in the Prometheus exposition format 0.0.4; `name` is with its labels, as it stands there. */
export interface ScrapedValue {
  name: string;
  value: number;
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*(?:\{[^\n]*?\})?)[ \t]+([^ \t]+)(?:[ \t]+-?\d+)?$/;

/** Comments, buckets of histograms and what is no number are left out; so is what the server did not write by the format. */
export function parsePrometheusText(text: string): ScrapedValue[] {
  return text.split('\n').flatMap((line) => {
    if (line.startsWith('#')) return [];
    const match = SAMPLE.exec(line.trim());
    const [, name, written] = match ?? [];
    const value = Number(written);
    return name === undefined || !Number.isFinite(value) || name.includes('_bucket{')
      ? []
      : [{ name, value }];
  });
}
