import { BEYOND_ASCII, expectsBody, safeTarget, safeValue } from '../request-text.ts';
import type { EncodedRequest, WireRequest } from '../types.ts';

/**
 * A whole request. As a text it has one character a byte: the kernel gets it from the stack, without a buffer of its own. What TLS
 * encrypts has to be in a buffer, and is put there once instead of with each send.
 */
export interface Http1Request extends EncodedRequest {
  readonly data: string | Buffer;
}

export function encodeHttp1(
  { method, path, headers, body }: WireRequest,
  authority: string,
  { tls, keepAlive }: { tls: boolean; keepAlive: boolean },
): Http1Request {
  let text = `${method} ${safeTarget(path)} HTTP/1.1\r\n`;
  let hasHost = false;
  let hasConnection = false;
  let fields = '';
  for (const [name, value] of headers) {
    if (name === 'content-length' || name === 'transfer-encoding') continue;
    if (name === 'host') hasHost = true;
    else if (name === 'connection') hasConnection = true;
    fields += `${name}: ${safeValue(value)}\r\n`;
  }
  if (!hasHost) text += `host: ${authority}\r\n`;
  if (!keepAlive && !hasConnection) text += 'connection: close\r\n';
  text += fields;
  if (body === null) {
    text += expectsBody(method) ? 'content-length: 0\r\n\r\n' : '\r\n';
  } else {
    const bytes = BEYOND_ASCII.test(body) ? Buffer.from(body, 'utf8').toString('latin1') : body;
    text += `content-length: ${bytes.length}\r\n\r\n${bytes}`;
  }
  return { bytes: text.length, data: tls ? Buffer.from(text, 'latin1') : text };
}
