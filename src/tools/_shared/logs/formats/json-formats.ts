import type { LogFormat } from '../format.ts';
import { otlp } from './otlp.ts';
import { pino } from './pino.ts';

/** Formats whose records are JSON objects; the one that takes what is nothing else comes last. */
export const JSON_FORMATS: readonly LogFormat[] = [pino, otlp];
