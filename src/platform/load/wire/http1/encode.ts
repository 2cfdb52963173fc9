import type { EncodedRequest, WireRequest } from '../types.ts';

/** A whole request, one character a byte: written with latin1, it needs no buffer of its own. */
export interface Http1Request extends EncodedRequest {
  readonly text: string;
}

/** What would end a field early, or be refused by servers. Values can come from what a server sent: none may add a field. */
const UNSAFE_VALUE = /[\0\r\n]/g;
const UNSAFE_TARGET = /[^\x21-\x7e]/;
const BEYOND_LATIN1 = /[^\0-\xff]/;
const BEYOND_ASCII = /[^\0-\x7f]/;

/** Methods whose lack of a body has to be said (RFC 9110, section 8.6). */
const EXPECTS_BODY = /^(POST|PUT|PATCH)$/;

export function encodeHttp1(
  { method, path, headers, body }: WireRequest,
  authority: string,
  { keepAlive }: { keepAlive: boolean },
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
    text += EXPECTS_BODY.test(method) ? 'content-length: 0\r\n\r\n' : '\r\n';
  } else {
    const bytes = BEYOND_ASCII.test(body) ? Buffer.from(body, 'utf8').toString('latin1') : body;
    text += `content-length: ${bytes.length}\r\n\r\n${bytes}`;
  }
  return { bytes: text.length, text };
}

/** As a URL writes it: what a template put in raw is percent-encoded. */
function safeTarget(path: string): string {
  if (!UNSAFE_TARGET.test(path)) return path;
  let target = '';
  for (const byte of Buffer.from(path, 'utf8')) {
    target +=
      byte > 0x20 && byte < 0x7f
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return target;
}

function safeValue(value: string): string {
  if (!BEYOND_ASCII.test(value) && !value.includes('\r') && !value.includes('\n') && !value.includes('\0')) {
    return value;
  }
  const clean = value.replace(UNSAFE_VALUE, ' ');
  return BEYOND_LATIN1.test(clean) ? Buffer.from(clean, 'utf8').toString('latin1') : clean;
}
