/** A Redis of a test's own, empty and keeping nothing on disk. Whoever starts it stops it. */
export interface RedisServer {
  readonly url: string;
  /** Where it would keep its data, if that is a folder of this machine. */
  readonly folder?: string;
  /** Gone at once: connections end, and new ones are refused. */
  kill(): Promise<void>;
  /** After a kill: at the old address, with nothing in it. Resolves once it accepts connections. */
  restart(): Promise<void>;
  /** Connections stay up and nothing answers, as in a stalled machine. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  stop(): Promise<void>;
}
