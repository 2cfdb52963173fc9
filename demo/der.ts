/** As much of DER (ITU-T X.690) as a certificate needs. */
export function der(tag: number, ...contents: Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  const size = body.length;
  // Short form up to 127 octets; then the count of length octets, and those.
  if (size < 0x80) return Buffer.concat([Buffer.from([tag, size]), body]);
  if (size < 0x100) return Buffer.concat([Buffer.from([tag, 0x81, size]), body]);
  return Buffer.concat([Buffer.from([tag, 0x82, size >> 8, size & 0xff]), body]);
}

export const sequence = (...contents: Uint8Array[]): Buffer => der(0x30, ...contents);
export const set = (...contents: Uint8Array[]): Buffer => der(0x31, ...contents);
/** An explicit or constructed context tag, `[n]`. */
export const context = (number: number, ...contents: Uint8Array[]): Buffer => der(0xa0 | number, ...contents);
/** A primitive context tag, `[n] IMPLICIT`. */
export const implicit = (number: number, content: Uint8Array): Buffer => der(0x80 | number, content);
export const octets = (content: Uint8Array): Buffer => der(0x04, content);
export const text = (value: string): Buffer => der(0x0c, Buffer.from(value));
export const truth = (): Buffer => der(0x01, Buffer.from([0xff]));

/** A leading zero keeps a positive number positive. */
export function integer(bytes: Uint8Array): Buffer {
  const negative = ((bytes[0] ?? 0) & 0x80) !== 0;
  return der(0x02, ...(negative ? [Buffer.from([0])] : []), bytes);
}

export function bits(content: Uint8Array, unusedBits = 0): Buffer {
  return der(0x03, Buffer.from([unusedBits]), content);
}

/** UTCTime, which RFC 5280 wants for dates before 2050. */
export function time(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** Seven bits an octet, the highest bit set on all but the last. */
function base128(value: number): number[] {
  const octets = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) octets.unshift((rest & 0x7f) | 0x80);
  return octets;
}
