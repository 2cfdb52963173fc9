import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { expect, it } from 'vitest';
import { makeCertificates, type ServerCertificate } from './certificates.ts';

const DAY_MS = 86_400_000;

it('makes certificates that OpenSSL verifies against their authority', async () => {
  const nowMs = Date.now();
  const { authority, healthy, expiring } = makeCertificates(nowMs, 'payments.shop.test');
  for (const [server, days] of [
    [healthy, 120],
    [expiring, 5],
  ] as const) {
    expect(await handshake(server, authority)).toBe(true);
    const { validTo, subjectAltName } = new X509Certificate(server.cert);
    expect(Math.floor((Date.parse(validTo) - nowMs) / DAY_MS)).toBe(days);
    expect(subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1');
  }
});

it('makes a new authority each time', async () => {
  const [one, other] = [
    makeCertificates(Date.now(), 'payments.shop.test'),
    makeCertificates(Date.now(), 'payments.shop.test'),
  ];
  await expect(handshake(one.healthy, other.authority)).rejects.toThrow('unable to verify');
});

it('puts an intermediate between the payment provider and the authority, which clients want to see', async () => {
  const nowMs = Date.now();
  const { authority, payment } = makeCertificates(nowMs, 'payments.shop.test');
  expect(await handshake(payment.complete, authority, 'payments.shop.test')).toBe(true);
  await expect(handshake(payment.complete, authority, 'other.shop.test')).rejects.toThrow('altnames');
  await expect(handshake(payment.withoutIntermediate, authority, 'payments.shop.test')).rejects.toThrow(
    'unable to verify the first certificate',
  );
  const leaf = new X509Certificate(payment.complete.cert);
  expect(Math.floor((Date.parse(leaf.validTo) - nowMs) / DAY_MS)).toBe(90);
  expect(leaf.infoAccess).toContain('CA Issuers - URI:http://authority.shop.test/intermediate.crt');
});

async function handshake(server: ServerCertificate, ca: string, servername = 'localhost'): Promise<boolean> {
  const listener = createServer({ cert: server.cert, key: server.key }).listen(0, '127.0.0.1');
  listener.on('tlsClientError', () => undefined);
  await once(listener, 'listening');
  const socket: TLSSocket = connect({
    host: '127.0.0.1',
    servername,
    port: (listener.address() as AddressInfo).port,
    ca,
  });
  try {
    await once(socket, 'secureConnect');
    return socket.authorized;
  } finally {
    socket.destroy();
    listener.close();
  }
}
