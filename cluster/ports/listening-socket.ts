import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** TCP_LISTEN, in the words of /proc/net/tcp. */
const LISTEN = '0A';

/**
 * Tells whether the process with this pid, or a descendant, has a socket that listens on this port. Gives undefined where
 * the system does not tell: it has no /proc, or it hides the sockets of processes of another user.
 */
export function ownsListeningSocket(pid: number, port: number): boolean | undefined {
  const inodes = listeningInodes(port);
  // Somebody listens there, or nobody would ask: a system without the socket in its table does not tell.
  if (!inodes || inodes.length === 0) return undefined;
  const sockets = [pid, ...descendantsOf(pid)].map(socketsOf);
  if (sockets.some((theirs) => theirs?.some((inode) => inodes.includes(inode)))) return true;
  return sockets.includes(undefined) ? undefined : false;
}

/** Gives the inodes of the sockets that listen on this port, at whatever address. */
function listeningInodes(port: number): readonly string[] | undefined {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(
    (file) => orNothing(() => readFileSync(file, 'utf8')) ?? [],
  );
  if (tables.length === 0) return undefined;
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return tables.flatMap((table) =>
    table.split('\n').flatMap((line) => {
      // sl, local address, remote address, state, queues, timer, retransmits, uid, timeout, inode
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      return state === LISTEN && local?.endsWith(suffix) && inode ? [inode] : [];
    }),
  );
}

/** Gives the inodes of a process's sockets: none if it has ended, undefined if another user may not see them. */
function socketsOf(pid: number): readonly string[] | undefined {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).flatMap((fd) => {
      const target = orNothing(() => readlinkSync(`${folder}/${fd}`)) ?? '';
      return /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [];
    });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return ['EACCES', 'EPERM'].includes(code) ? undefined : [];
  }
}

function descendantsOf(pid: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(name) : undefined;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const below = (parent: number): number[] =>
    (children.get(parent) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
}

function parentOf(pid: string): number | undefined {
  const stat = orNothing(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // Behind the command in parentheses come the state and the parent.
  return stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** Gives undefined for what is not there, or is not there any more. */
function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
