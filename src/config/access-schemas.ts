import { z } from 'zod';
import { textSchema, urlSchema } from './text-schemas.ts';

/** How to prove who we are, and whom to trust: the same for targets and for dependencies. */
export const authSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('basic').describe('User name and password (RFC 7617).'),
      username: textSchema('User name.'),
      password: textSchema('Password, by reference.'),
    }),
    z.strictObject({
      kind: z.literal('bearer').describe('A token that is sent as it is (RFC 6750).'),
      token: textSchema('Token, by reference.'),
    }),
    z.strictObject({
      kind: z
        .literal('oauth2-client-credentials')
        .describe('A token fetched from an authorization server (RFC 6749, section 4.4).'),
      tokenUrl: urlSchema(/^https?:/, 'an http:// or https:// URL', 'Token endpoint.'),
      clientId: textSchema('Client id.'),
      clientSecret: textSchema('Client secret, by reference.'),
      scope: textSchema('Scopes, separated by spaces.').optional(),
    }),
    z.strictObject({
      kind: z
        .literal('aws-sigv4')
        .describe('Signed requests, for S3-compatible storage (Signature Version 4).'),
      accessKeyId: textSchema('Access key id.'),
      secretAccessKey: textSchema('Secret access key, by reference.'),
      sessionToken: textSchema('Session token, by reference.').optional(),
      region: textSchema('Region.').default('us-east-1'),
    }),
  ])
  .describe('How requests prove who they are.');

export const tlsSchema = z
  .strictObject({
    caFile: textSchema('PEM file of the authority to trust instead of the built-in ones.').optional(),
    certFile: textSchema('PEM file of the client certificate, for mutual TLS.').optional(),
    keyFile: textSchema('PEM file of its private key.').optional(),
    serverName: textSchema('Name to ask for and to verify, when it is not the host of the URL.').optional(),
  })
  .refine((tls) => (tls.certFile === undefined) === (tls.keyFile === undefined), {
    error: 'certFile and keyFile belong together',
  })
  .describe('Trust and client certificate.');

export const headersSchema = z
  .record(z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/, 'expected a header name'), textSchema('Value.'))
  .describe('Sent with every request; those that hold secrets by reference.');
