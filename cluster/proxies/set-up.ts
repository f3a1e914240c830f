import { UnknownName } from '../../services/shared/lab-errors.ts';
import type { Member } from '../topology.ts';
import { proxyNamed } from './index.ts';

/** What a runtime needs to start a proxy. */
export interface SetUp {
  /** A shell command that becomes it, where {@link SetUp.config} is `config`. */
  readonly command: string;
  readonly config: string;
  /** The variable of .env that names the image. */
  readonly image: string;
}

/** Sets a proxy of the topology up: where it listens, and where (`host:port`) it reaches the replicas that it stands on. */
export function setUp(
  { name, kind, standsOn, environment }: Member,
  listens: { readonly host: string; readonly port: number },
  at: (replica: string) => string,
): SetUp {
  const proxy = proxyNamed(kind);
  if (!proxy) throw new UnknownName(`no proxy named ${kind}`);
  const replicas = standsOn.map((replica) => {
    const [host = '', port] = at(replica).split(':');
    return { name: replica, host, port: Number(port) };
  });
  const place = { name, ...listens, replicas };
  return {
    command: proxy.command(place),
    config: proxy.config(place, { proxyGraceMs: Number(environment.PROXY_GRACE_MS) }),
    image: proxy.image,
  };
}
