import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessMember } from '../../cluster/local/process-member.ts';
import { noGuard } from './no-guard.ts';

/** Starts a member that ignores every order to end, ends it, and then says `ended`. Nothing else keeps this process alive. */
const stubborn = new ProcessMember(
  {
    ...{ name: 'stubborn', command: 'sh', args: ['-c', 'trap "" INT TERM; sleep 60 & wait; wait'] },
    ...{ env: {}, logPath: '/dev/null', workers: true },
    ready: async () => true,
  },
  noGuard,
);
await stubborn.start(AbortSignal.timeout(10_000));
// It ignores signals from its first command on.
await sleep(300);
await stubborn.end();
console.log('ended');
