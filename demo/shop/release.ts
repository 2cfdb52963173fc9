/** Which release of the shop is live. */
export interface Release {
  current(): string;
  isFirst(): boolean;
  deploy(name: string): void;
}

export function createRelease(first: string): Release {
  let current = first;
  return {
    current: () => current,
    isFirst: () => current === first,
    deploy: (name) => void (current = name),
  };
}
