/** One shape for every answer of the shop. */
export interface Envelope<Data> {
  success: boolean;
  data: Data | null;
  message: string;
  errors: FieldError[];
}

export interface FieldError {
  field: string;
  message: string;
}

export function ok<Data>(data: Data, message = 'ok'): Envelope<Data> {
  return { success: true, data, message, errors: [] };
}

export function failure(message: string, errors: FieldError[] = []): Envelope<never> {
  return { success: false, data: null, message, errors };
}

/** An answer other than success that the caller is meant to see. */
export class HttpError extends Error {
  readonly statusCode: number;
  readonly errors: FieldError[];

  constructor(statusCode: number, message: string, errors: FieldError[] = []) {
    super(message);
    this.name = 'HttpError';
    this.statusCode = statusCode;
    this.errors = errors;
  }
}
