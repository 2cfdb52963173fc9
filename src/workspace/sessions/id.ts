const MAX_WORDS = 6;
const MAX_LENGTH = 48;

/** `2026-11-28-slow-checkout`: the day and the title's first words; a number behind it where that is taken. */
export function sessionId(title: string, startedAtMs: number, isTaken: (id: string) => boolean): string {
  const words = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mark}/gu, '')
    .match(/[a-z0-9]+/g);
  const slug = (words ?? ['session']).slice(0, MAX_WORDS).join('-').slice(0, MAX_LENGTH).replace(/-$/, '');
  const base = `${new Date(startedAtMs).toISOString().slice(0, 10)}-${slug}`;
  for (let number = 2, id = base; ; number += 1) {
    if (!isTaken(id)) return id;
    id = `${base}-${number}`;
  }
}
