/** The spellings in which one secret may turn up: raw, percent-encoded, form-encoded, JSON- and XML-escaped, Base64. */
export function formsOfSecret(secret: string): string[] {
  const percent = encode(secret);
  const strict = percent.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const json = JSON.stringify(secret).slice(1, -1);
  const forms = [
    secret,
    percent,
    strict,
    lowerHex(percent),
    lowerHex(strict),
    percent.replaceAll('%20', '+'),
    strict.replaceAll('%20', '+'),
    json,
    JSON.stringify(json).slice(1, -1),
    json.replaceAll('/', '\\/'),
    json.replace(/[<>&'\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
    xmlEscaped(secret),
    ...base64Forms(secret),
  ];
  return [...new Set(forms)];
}

/** A lone surrogate cannot be encoded; going through bytes replaces it. */
function encode(text: string): string {
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
}

function lowerHex(percentEncoded: string): string {
  return percentEncoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}

function xmlEscaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/**
 * Base64 of the secret alone and at each of the three byte offsets inside something longer (`user:secret`).
 * The characters at either edge also encode neighbouring bytes, so the inner ones must suffice; fewer than 8 of them
 * could be chance.
 */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const whole = bytes.toString('base64').replace(/=+$/, '');
  const inner = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const dirtyTail = (offset + bytes.length) % 3 === 0 ? 0 : 1;
    return encoded.slice(offset === 0 ? 0 : offset + 1, encoded.length - dirtyTail);
  });
  const standard = [whole, ...inner].filter((form) => form.length >= 8);
  return standard.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}
