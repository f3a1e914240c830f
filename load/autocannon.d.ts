/** The part of autocannon 9 that the herd uses; the package brings no types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';

  export interface Client extends EventEmitter {
    /** Where the client connects next. */
    opts: { hostname: string; port: number };
    setRequests(requests: readonly Request[]): void;
    /**
     * Not of its documented face, and the reason why its version is pinned: a client's connection, what paces it, and
     * its quota.
     */
    conn: Socket;
    rateInterval: NodeJS.Timeout;
    reqsMadeThisSecond: number;
    _doRequest(): void;
    /** Drops the connection and opens one to where `opts` points by now; what was under way is forgotten. */
    _resetConnection(): void;
  }

  /** Names as the server spelled them. */
  export type ResponseHeaders = Readonly<Record<string, string | string[]>>;

  export interface Request {
    method?: string;
    path?: string;
    headers?: Readonly<Record<string, string>>;
    onResponse?: (status: number, body: string, context: object, headers: ResponseHeaders) => void;
  }

  export interface Histogram {
    /** Not one of its own: it is left out of the encoded result. */
    __custom: true;
    recordValue(): void;
    recordValueWithExpectedInterval(): void;
    reset(): void;
    destroy(): void;
  }

  export interface Options {
    histograms: Record<'latencies' | 'requests' | 'throughput', Histogram>;
    url: string | string[];
    connections: number;
    connectionRate: number;
    /** All requests of all connections: Infinity ends nothing. */
    amount: number;
    timeout: number;
    ignoreCoordinatedOmission: boolean;
    excludeErrorStats: boolean;
    skipAggregateResult: boolean;
    setupClient: (client: Client) => void;
  }

  export interface Instance extends PromiseLike<unknown> {
    stop(): void;
  }

  /** For so many requests, as fast as they are answered. */
  export interface Amount extends Pick<Options, 'url' | 'connections'> {
    amount: number;
  }

  export default function autocannon(options: Options | Amount): Instance;
}
