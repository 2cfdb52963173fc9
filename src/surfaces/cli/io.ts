import type { CliIo } from './spec.ts';

/** A reader that goes away (`| head`) ends the process quietly; it got what it wanted. */
export function endQuietlyWhenReaderLeaves(stream: CliIo['stdout']): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
}

/** Resolves when the text has left the process, so that exiting does not cut it short. */
export function writeAll(stream: CliIo['stdout'], text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}
