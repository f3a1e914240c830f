/** What the lab ends with when it broke itself: never the status of a verdict. */
export const EX_CRASHED = 70;

/** What to do about an error of the system, by its code. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full. Free some space, then try again',
  EDQUOT: 'Your disk quota is used up. Free some space, then try again',
  EMFILE: 'A process may open no more files. Raise the limit: ulimit -n 65536, or lower RATE',
  ENFILE: 'This machine may open no more files. End what else runs, or lower RATE',
  EADDRNOTAVAIL: 'This machine has no more ports for connections. Wait a minute, or lower RATE',
  EAGAIN: 'This machine may start no more processes. End what else runs, or raise the limit: ulimit -u',
  ENOMEM: 'The memory is used up. End what else runs, or lower REPLICAS or RATE',
  EACCES: 'You may not do that there. Change the permissions, or run the lab in a folder of your own',
  EPERM: 'You may not do that there. Change the permissions, or run the lab in a folder of your own',
  EROFS: 'That file system is read-only. Run the lab in a folder that you may write',
  ENOTDIR: 'Something that must be a folder is a file. Move it away, or run the lab in another folder',
};

/** Says in one line what broke in the lab itself, why, and what to do where the system's error tells. */
export function crashLine(error: unknown): string {
  const chain = chainOf(error);
  const words = chain
    .map(({ message }) => message.trim().replace(/\s*\n\s*/g, ' '))
    .filter((message, index, all) => message !== '' && !all[index - 1]?.includes(message));
  const advice = chain.flatMap((one) => adviceOn(one) ?? [])[0];
  return `dogpile-lab: ${words.join(', because: ') || 'it broke and does not know why'}${advice ? `. ${advice}` : ''}`;
}

function adviceOn({ code = '', syscall = '' }: NodeJS.ErrnoException): string | undefined {
  const isSpawn = syscall.startsWith('spawn');
  if (isSpawn && code === 'ENOENT')
    return `There is no command ${syscall.slice('spawn '.length)} on the PATH. Install it, or mend the PATH`;
  return ADVICE[code];
}

/** The error and what caused it; the causes of several are the first one's. */
function chainOf(error: unknown): NodeJS.ErrnoException[] {
  if (!(error instanceof Error)) return [new Error(String(error))];
  const cause = error instanceof AggregateError ? error.errors[0] : error.cause;
  return cause === undefined ? [error] : [error, ...chainOf(cause)];
}
