/** Words in which titles of the same length differ are variables. */
export function commonTitle(title: string, others: Iterable<string>): string {
  const words = title.split(' ');
  for (const other of others) {
    const wordsOfOther = other.split(' ');
    if (wordsOfOther.length !== words.length) continue;
    for (const [index, word] of wordsOfOther.entries()) if (word !== words[index]) words[index] = '<*>';
  }
  return words.join(' ');
}
