import { type Check, passIf } from './check.ts';

/** Every request that fell due is accounted for, and none failed. */
export const accounting: Check = {
  name: 'every request accounted for',
  judge({ arrivals, herd, casualties }) {
    const count = { ok: 0, error: 0, timeout: 0, unsent: 0 };
    for (const { ending, weight = 1 } of arrivals) count[ending] += weight;
    const ended = count.ok + count.error + count.timeout + count.unsent;
    const parts = `${count.ok} ok, ${count.error} error, ${count.timeout} timed out, ${count.unsent} unsent`;
    if (casualties.length > 0) return passIf(false, `${casualties.join(', ')} ended by itself; ${parts}`);
    if (ended !== herd.scheduled)
      return passIf(false, `${herd.scheduled} scheduled but ${ended} ended: ${parts}`);
    return passIf(
      count.error + count.timeout === 0,
      `${herd.scheduled} scheduled, ${ended} ended, ${count.error + count.timeout} failed`,
    );
  },
};
