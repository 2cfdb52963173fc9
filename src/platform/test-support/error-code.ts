import { RearguardError } from '../../core/errors.ts';

/** Code of the RearguardError that this throws; null when it throws nothing. Other errors go on. */
export function errorCodeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof RearguardError) return error.code;
    throw error;
  }
}
