/**
 * Values come from files, from random numbers and from responses, which are untrusted: none may end a line, a field or a JSON
 * string that it is put into. What the scenario's author wrote around them is taken at its word.
 */
export type Escape = (value: string) => string;

export const asIs: Escape = (value) => value;

const UNRESERVED = /^[\w.~-]*$/;

/** One part of a path or query, or of a form: `a/b c` becomes `a%2Fb%20c`. */
export const percentEncoded: Escape = (value) =>
  UNRESERVED.test(value) ? value : encodeURIComponent(wellFormed(value));

/** A path as it is, apart from what would end it or the request line: space, control codes, and what is not ASCII. */
export const pathSafe: Escape = (value) =>
  value.replace(/[^\x21-\x7e]+/g, (unsafe) => encodeURIComponent(wellFormed(unsafe)));

/**
 * A field value: what is not ASCII goes as UTF-8, each byte as a character, because heads are written as Latin-1; U+010A would
 * otherwise end the line. Control codes become spaces (RFC 9110, section 5.5).
 */
export const headerSafe: Escape = (value) =>
  /^[\t\x20-\x7e]*$/.test(value)
    ? value
    : Buffer.from(value, 'utf8').toString('latin1').replace(CONTROLS, ' ');

/** Inside the quotes of a JSON string. */
export const jsonString: Escape = (value) =>
  /^[\w .:/@+-]*$/.test(value) ? value : JSON.stringify(value).slice(1, -1);

/** Whether a value could not go into a field as it is. */
export function endsField(value: string): boolean {
  return value.search(CONTROLS) !== -1;
}

// oxlint-disable-next-line no-control-regex -- control codes are what it is about
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f]/g;

function wellFormed(value: string): string {
  return value.replace(/\p{Surrogate}/gu, '\ufffd');
}
