import { ownsListeningSocket } from '../ports/listening-socket.ts';
import { serves } from '../serves.ts';

/** Makes what tells whether a server of somebody else's make serves at this address, and is the process with the pid. */
export const servesAsProcess =
  (url: string, port: number) =>
  async (pid: number): Promise<boolean> =>
    (await serves(url, pid)) && ownsListeningSocket(pid, port) !== false;
