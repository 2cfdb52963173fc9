/** What both protocols do with the texts of a request. Values can come from what a server sent: none may add a field or a request. */

/** What would end a field early, or be refused by servers. */
const UNSAFE_VALUE = /[\0\r\n]/g;
const UNSAFE_TARGET = /[^\x21-\x7e]/;
const BEYOND_LATIN1 = /[^\0-\xff]/;
export const BEYOND_ASCII = /[^\0-\x7f]/;

/** Methods whose lack of a body has to be said (RFC 9110, section 8.6). */
export function expectsBody(method: string): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH';
}

/** As a URL writes it: what a template put in raw is percent-encoded. */
export function safeTarget(path: string): string {
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

/** One character a byte: what Latin-1 cannot write goes as UTF-8. */
export function safeValue(value: string): string {
  if (!BEYOND_ASCII.test(value) && !value.includes('\r') && !value.includes('\n') && !value.includes('\0')) {
    return value;
  }
  const clean = value.replace(UNSAFE_VALUE, ' ');
  return BEYOND_LATIN1.test(clean) ? Buffer.from(clean, 'utf8').toString('latin1') : clean;
}
