/** `1 endpoint`, `2 endpoints`; `many` where an s does not make the plural: `0 dependencies`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
