import { afterEach, expect, it } from 'vitest';
import { fillDisk } from '../../bench/lib/store-full-disk.ts';
import { temporaryStores } from './store-fixture.ts';

const stores = temporaryStores();
afterEach(() => stores.removeAll());

it('a full disk is E_STORE_FULL; what was acknowledged stays, and writing goes on when there is space again', async (test) => {
  const outcome = await fillDisk(stores.folder());
  test.skip(outcome === null, 'no small file system could be mounted; it takes root on Linux');
  expect(outcome).toMatchObject({
    code: 'E_STORE_FULL',
    exitCode: 3,
    message: expect.stringContaining('the disk is full'),
    kept: outcome?.acknowledged,
    integrity: 'ok',
    writesAfterSpaceWasFreed: true,
  });
  expect(outcome?.acknowledged).toBeGreaterThan(0);
});
