/**
 * @peculiar/x509 finds its extensions through a container that wants the metadata proposal of `Reflect` to be there.
 * This is the part of it that is called; it must be imported before the library.
 */
const metadata = new WeakMap<object, Map<unknown, unknown>>();

function own(key: unknown, target: object): unknown {
  return metadata.get(target)?.get(key);
}

Object.assign(Reflect, {
  getOwnMetadata: own,
  getMetadata: own,
  defineMetadata(key: unknown, value: unknown, target: object): void {
    const known = metadata.get(target) ?? new Map<unknown, unknown>();
    metadata.set(target, known.set(key, value));
  },
});
