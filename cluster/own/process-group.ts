import { readdirSync, readFileSync } from 'node:fs';

/** Tells whether somebody of the process group lives. A zombie does not. */
export function groupLives(leader: number): boolean {
  try {
    process.kill(-leader, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const states = statesIn(leader);
  return states === undefined || states.some((state) => state !== 'Z' && state !== 'X');
}

/** Gives the states of the processes of a group; undefined where the system does not tell. */
function statesIn(group: number): string[] | undefined {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        const [state = '', , of] = statusOf(pid);
        return Number(of) === group ? [state] : [];
      });
  } catch {
    return undefined;
  }
}

/** State, parent, group and so on: what follows the command in parentheses. Empty if the process has ended. */
function statusOf(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
