import { z } from 'zod';
import { durationSchema, optionalDurationSchema } from '../core/schemas.ts';
import { textSchema } from './text-schemas.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;

export const serveSchema = z
  .strictObject({
    host: z
      .string()
      .default('127.0.0.1')
      .describe('Address to listen on; anything but loopback needs `tls`.'),
    port: z.int().min(0).max(65_535).default(7310).describe('Port; 0 picks a free one.'),
    tls: z
      .strictObject({
        certFile: z.string().describe('PEM file of the certificate with its chain.'),
        keyFile: z.string().describe('PEM file of its private key.'),
      })
      .optional()
      .describe('Serves HTTPS.'),
    allowedHosts: z
      .array(z.string())
      .default([])
      .describe('Names under which browsers and scrapers may call, beside loopback and `host`.'),
    token: textSchema('Token of callers, by reference; default: a new one with each start.').optional(),
    monitors: z
      .array(z.string())
      .optional()
      .describe('Tools that watch all the time; default: all that can and have something to watch.'),
    checkEvery: optionalDurationSchema('Also runs `rearguard check` this often; default: never.'),
    maintainEvery: durationSchema('How often old records are rolled up and deleted', '1m'),
  })
  .refine(({ host, tls }) => tls !== undefined || LOOPBACK.test(host), {
    error: 'listening beyond loopback needs serve.tls',
    path: ['host'],
  })
  .describe('The daemon.');

export type ServeSettings = z.output<typeof serveSchema>;
