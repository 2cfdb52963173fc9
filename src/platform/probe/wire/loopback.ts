/** Whether an address is this machine's own: 127.0.0.0/8, ::1, and the former inside IPv6. */
export function isLoopbackAddress(address: string): boolean {
  return /^(?:127\.|::ffff:127\.)/i.test(address) || address === '::1';
}
