import { MemberFailed } from '../../services/shared/lab-errors.ts';
import { docker } from './docker.ts';

/** An engine's version and its socket on this machine, or what keeps the lab from using one. */
export type Engine = { readonly version: string; readonly socketPath: string } | { readonly missing: string };

/** Of a machine that has much else to do; where there is no engine that is known at once. */
const ANSWER_WITHIN_MS = 15_000;

const HOST_OF_CONTEXT = ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'];

const socketIn = (host: string): string | undefined => /^(?:unix|npipe):\/\/(.+)$/.exec(host)?.[1];

/** The engine's socket, wherever the docker command's own settings lead. Throws where that is another machine. */
export async function engineSocket(): Promise<string> {
  const host = (await docker(HOST_OF_CONTEXT)).trim();
  const socketPath = socketIn(host);
  if (!socketPath) throw new MemberFailed(`the Docker engine is on another machine: ${host}`);
  return socketPath;
}

/** Looks for a Docker engine with Compose, wherever the docker command's own settings lead. */
export async function findEngine(): Promise<Engine> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const asked = [HOST_OF_CONTEXT, ['version', '--format', '{{.Server.Version}}']].map((args) =>
    docker(args, { signal }).then((said) => said.trim()),
  );
  let host = '';
  let version = '';
  try {
    [host = '', version = ''] = await Promise.all(asked);
  } catch (error) {
    const isCommand = (error as NodeJS.ErrnoException).code !== 'ENOENT';
    return { missing: isCommand ? 'no Docker engine answers' : 'there is no docker command' };
  }
  const socketPath = socketIn(host);
  // The run's folder is mounted, and the ports are of this machine's loopback interface.
  if (!socketPath) return { missing: 'the Docker engine is on another machine' };
  return docker(['compose', 'version'], { signal }).then(
    () => ({ version, socketPath }),
    () => ({ missing: `Docker ${version} ${signal.aborted ? 'is too slow' : 'has no Compose plugin'}` }),
  );
}
