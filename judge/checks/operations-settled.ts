import type { Finding } from '../../faults/support/finding.ts';
import type { SettledCommit } from '../operations/settled-commits.ts';
import type { SettledRecompute } from '../operations/settled-recomputes.ts';
import type { Check } from './check.ts';

/**
 * Checks that it is known of every write and of every call of the origin what became of it: by its reply, or by what others
 * saw of it. A write that stays open may be in the store or not, so nothing that depends on it can be judged.
 */
export const operationsSettled: Check = {
  name: 'every operation settled',
  inside: 'what the service writes to its store',
  judge({ operations: { commits, recomputes } }): Finding {
    const open = [
      ...commits.filter(({ outcome }) => outcome === 'open').map(nameOfCommit),
      ...recomputes.filter(({ outcome }) => outcome === 'open').map(nameOfRecompute),
    ];
    const [first] = open;
    if (first !== undefined) {
      const more = open.length > 1 ? `; ${open.length - 1} more are open` : '';
      return { verdict: 'unknown', detail: `${first}${more}` };
    }
    if (commits.length === 0) return { verdict: 'unknown', detail: 'nobody recorded a commit' };
    const settled =
      commits.filter(({ decision }) => !decision).length +
      recomputes.filter(({ reply }) => reply === 'unknown').length;
    const how = settled > 0 ? `${settled} settled by other evidence` : 'all answered';
    return {
      verdict: 'pass',
      detail: `${commits.length} commits, ${recomputes.length} recomputes, ${how}`,
    };
  },
};

const nameOfCommit = ({ version, by }: SettledCommit) =>
  `commit of version ${version} by ${by}: nobody knows whether Redis has it`;

const nameOfRecompute = ({ version, by }: SettledRecompute) =>
  `recompute of version ${version} by ${by}: the origin's ledger does not have it`;
