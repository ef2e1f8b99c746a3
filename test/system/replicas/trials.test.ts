import { describe, expect, test } from 'vitest';
import { HAS_REDIS } from '../../support/processes/redis-server.ts';
import { tryDeletions, trySameList } from '../../support/replicas/trials.ts';

/** Short forms of what `npm run bench -- replicas` does at length. */
describe.skipIf(!HAS_REDIS)('replicas', () => {
  test('read a list that four of them want at once with the calls that one of them needs', async () => {
    for (let trials = 1; ; trials += 1) {
      const { ofOne, ofAll, answers } = await trySameList(4);
      expect(ofOne).toBeGreaterThan(0);
      expect(answers[0]?.length).toBe(100);
      expect(answers).toEqual(answers.map(() => answers[0]));
      // A replica that waits 150 ms for Redis, as one may on a busy machine, reads for itself.
      if (ofAll !== ofOne && trials < 5) continue;
      expect(ofAll).toBe(ofOne);
      return;
    }
  });

  test('show no contact that one of them has deleted, while the others list all the time', async () => {
    const { deleted, lists, shown } = await tryDeletions(3, 50);
    expect(deleted).toBe(50);
    expect(lists).toBeGreaterThan(3);
    expect(shown).toBe(0);
  });
});
