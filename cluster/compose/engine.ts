import { MemberFailed } from '../../services/shared/lab-errors.ts';
import { docker } from './docker.ts';

/** An engine's version and its socket on this machine, or what keeps the lab from using one. */
export type Engine = { readonly version: string; readonly socketPath: string } | { readonly missing: string };

/** Long enough for a busy machine. A machine without an engine answers at once. */
const ANSWER_WITHIN_MS = 15_000;

const HOST_OF_CONTEXT = ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'];

const socketIn = (host: string): string | undefined => /^(?:unix|npipe):\/\/(.+)$/.exec(host)?.[1];

/** Finds the engine's socket by the docker command's own settings. Throws if the engine is on another machine. */
export async function engineSocket(): Promise<string> {
  const host = (await docker(HOST_OF_CONTEXT)).trim();
  const socketPath = socketIn(host);
  if (!socketPath) throw new MemberFailed(`the Docker engine is on another machine: ${host}`);
  return socketPath;
}

/** Looks for a Docker engine with Compose by the docker command's own settings. Throws the reason of an interruption. */
export async function findEngine(interruption = new AbortController().signal): Promise<Engine> {
  const signal = AbortSignal.any([AbortSignal.timeout(ANSWER_WITHIN_MS), interruption]);
  const answers = [HOST_OF_CONTEXT, ['version', '--format', '{{.Server.Version}}']].map((args) =>
    docker(args, { signal }).then((answer) => answer.trim()),
  );
  let host = '';
  let version = '';
  try {
    [host = '', version = ''] = await Promise.all(answers);
  } catch (error) {
    interruption.throwIfAborted();
    const isCommand = (error as NodeJS.ErrnoException).code !== 'ENOENT';
    return { missing: isCommand ? 'no Docker engine answers' : 'there is no docker command' };
  }
  const socketPath = socketIn(host);
  // The containers mount a folder of the run's and publish ports on this machine's loopback interface.
  if (!socketPath) return { missing: 'the Docker engine is on another machine' };
  return docker(['compose', 'version'], { signal }).then(
    () => ({ version, socketPath }),
    () => ({ missing: `Docker ${version} ${signal.aborted ? 'is too slow' : 'has no Compose plugin'}` }),
  );
}
