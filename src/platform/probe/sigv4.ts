import { createHash, createHmac } from 'node:crypto';
import type { ProbeAuth } from './types.ts';

export type AwsCredentials = Extract<ProbeAuth, { kind: 'aws-sigv4' }>;

export interface SignableRequest {
  url: URL;
  method: string;
  /** Those that are signed beside the ones made here; names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const SERVICE = 's3';

/**
 * AWS Signature Version 4 in the `Authorization` header, as S3 and what is compatible with it take it: the path is
 * encoded once, and the body's hash is a header. Returns the headers to add; they are valid for 15 minutes.
 */
export function signRequest(
  request: SignableRequest,
  credentials: AwsCredentials,
  nowMs: number,
): Record<string, string> {
  const timestamp = new Date(nowMs).toISOString().replace(/\.\d+|[-:]/g, '');
  const bodyHash = sha256(request.body ?? '');
  const added = {
    'x-amz-content-sha256': bodyHash,
    'x-amz-date': timestamp,
    ...(credentials.sessionToken === undefined ? {} : { 'x-amz-security-token': credentials.sessionToken }),
  };
  const headers = Object.entries({ host: request.url.host, ...request.headers, ...added }).sort(byName);
  const signedNames = headers.map(([name]) => name).join(';');
  const canonicalRequest = [
    request.method,
    canonicalPath(request.url),
    canonicalQuery(request.url),
    ...headers.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`),
    '',
    signedNames,
    bodyHash,
  ].join('\n');
  const date = timestamp.slice(0, 8);
  const scope = `${date}/${credentials.region}/${SERVICE}/aws4_request`;
  const key = [date, credentials.region, SERVICE, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${credentials.secretAccessKey}`,
  );
  const text = [ALGORITHM, timestamp, scope, sha256(canonicalRequest)].join('\n');
  const signature = hmac(key, text).toString('hex');
  const credential = `${credentials.accessKeyId}/${scope}`;
  return {
    ...added,
    authorization: `${ALGORITHM} Credential=${credential},SignedHeaders=${signedNames},Signature=${signature}`,
  };
}

function canonicalPath({ pathname }: URL): string {
  return pathname
    .split('/')
    .map((segment) => encode(decode(segment)))
    .join('/');
}

/** Sorted by name, then by value; a name alone has an empty value, and a plus is a space, as servers read it. */
function canonicalQuery({ search }: URL): string {
  return search
    .slice(1)
    .replaceAll('+', ' ')
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const at = pair.indexOf('=');
      const [name, value] = at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
      return [encode(decode(name)), encode(decode(value))];
    })
    .sort((left, right) => byName(left, right) || compare(left[1], right[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function byName(left: readonly [string, string], right: readonly [string, string]): number {
  return compare(left[0], right[0]);
}

/** By code point; a locale would sort otherwise. */
function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** A percent sign that encodes nothing stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** RFC 3986: all but the unreserved characters; encodeURIComponent leaves five more. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
