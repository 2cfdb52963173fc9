import { describe, expect, it } from 'vitest';
import { optimizerOptionsSchema } from '../options.ts';
import { refusalToCopy } from './consent.ts';

const options = (clone: 'loopback' | 'allow' | 'never') =>
  optimizerOptionsSchema.parse({ proof: { clone } }).proof;
const at = (host: string) => ({ name: 'shop', url: `postgresql://u:p@${host}/shop` });

describe('consent to copy rows', () => {
  it.each(['localhost', '127.0.0.1:5432', '127.8.9.1', '[::1]:5432'])('is given for %s', (host) => {
    expect(refusalToCopy(at(host), options('loopback'))).toBeNull();
    expect(refusalToCopy(at(host), options('never'), true)).toMatchObject({
      reason: expect.stringContaining('the config forbids') as string,
    });
  });

  it.each(['db.internal', '10.0.0.5', 'localhost.example.com', '127.0.0.1/x?host=db.internal'])(
    'has to be asked for at %s',
    (host) => {
      const target = host.includes('?') ? { name: 'shop', url: `postgresql://u:p@${host}` } : at(host);
      expect(refusalToCopy(target, options('loopback'))).toMatchObject({
        hint: expect.stringContaining('--prove') as string,
      });
      expect(refusalToCopy(target, options('loopback'), true)).toBeNull();
      expect(refusalToCopy(target, options('allow'))).toBeNull();
    },
  );
});
