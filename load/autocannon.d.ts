/** The part of autocannon 9 that the herd uses; the package brings no types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';

  export interface Client extends EventEmitter {
    /** Where the client connects next. */
    opts: { hostname: string; port: number | string };
    setRequests(requests: readonly Request[]): void;
  }

  export interface Request {
    method?: string;
    path?: string;
    onResponse?: (status: number, body: string) => void;
  }

  export interface Options {
    url: string | string[];
    connections: number;
    connectionRate: number;
    duration: number;
    timeout: number;
    ignoreCoordinatedOmission: boolean;
    excludeErrorStats: boolean;
    skipAggregateResult: boolean;
    setupClient: (client: Client) => void;
  }

  export interface Instance extends PromiseLike<unknown> {
    stop(): void;
  }

  export default function autocannon(options: Options): Instance;
}
