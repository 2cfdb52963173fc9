/**
 * Values come from files, from random numbers and from responses, which are untrusted: none may leave the segment, the parameter or
 * the JSON string that it is put into. What would end a field or the request line is the wire's to stop (`wire/request-text.ts`).
 */
export type Escape = (value: string) => string;

export const asIs: Escape = (value) => value;

const UNRESERVED = /^[\w.~-]*$/;

/** One part of a path or query, or of a form: `a/b c` becomes `a%2Fb%20c`. */
export const percentEncoded: Escape = (value) =>
  UNRESERVED.test(value) ? value : encodeURIComponent(wellFormed(value));

/** Inside the quotes of a JSON string. */
export const jsonString: Escape = (value) =>
  /^[\w .:/@+-]*$/.test(value) ? value : JSON.stringify(value).slice(1, -1);

/** Whether a value would lose something in a header field or a cookie: such a value is no token, but an attempt or a mistake. */
export function endsField(value: string): boolean {
  return CONTROLS.test(value);
}

// oxlint-disable-next-line no-control-regex -- control codes are what it is about
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f]/;

function wellFormed(value: string): string {
  return value.replace(/\p{Surrogate}/gu, '\ufffd');
}
