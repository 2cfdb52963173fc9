import { draw } from '../../../../core/load/draw.ts';
import { redactUrl } from '../../../../core/redact.ts';

/** Of one endpoint: requests as they were, each as likely to be in it as any other (reservoir sampling, Vitter 1985). */
export interface PathSample {
  seen: number;
  paths: string[];
}

const MAX_PATHS = 500;
const SEED = 1;
/** Purpose of the draws, so that they are not those of anything else. */
const PURPOSE = 101;

export function newSample(): PathSample {
  return { seen: 0, paths: [] };
}

/** `number`: of the request in the log, so that the same log gives the same sample. */
export function addPath(sample: PathSample, path: string, number: number): void {
  sample.seen += 1;
  if (sample.paths.length < MAX_PATHS) sample.paths.push(withoutSecrets(path));
  else {
    const place = Math.floor(draw(SEED, number, PURPOSE) * sample.seen);
    if (place < MAX_PATHS) sample.paths[place] = withoutSecrets(path);
  }
}

/** Brackets do not belong into a URL. */
function withoutSecrets(path: string): string {
  return path.includes('?') ? redactUrl(path).replaceAll('[redacted]', 'redacted') : path;
}
