import type { Socket } from 'node:net';
import type { Client, ResponseHeaders } from 'autocannon';
import { type Arrival, HUNG_UP } from '../record/arrival.ts';
import type { VersionAt } from '../record/foreign/asking.ts';
import type { WallMs } from '../record/times.ts';
import { wallTimeMs } from '../services/shared/wall-time.ts';
import { passedBy } from './cache-status.ts';
import { readForeignAnswer } from './foreign-answer.ts';
import { addressOf, type Target } from './target.ts';

/** What an answer's body says, as far as the history keeps it. */
type Body = Required<Pick<Arrival, 'by' | 'served' | 'version' | 'degraded' | 'answeredAt'>> & {
  /** Another service may not say it, or something else by this name. */
  readonly tookMs?: unknown;
};

/** Where a connection's doings go. */
interface Books {
  record(arrival: Arrival): void;
  onFree(connection: Connection): void;
}

/** What a connection asks for. */
export interface Asked {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Where the answers of a user's own service have the version. Absent: the service is the lab's. */
  readonly versionAt?: VersionAt | undefined;
}

/**
 * One connection of the herd, and the books of what it was given to send. autocannon does the HTTP; when to send is the
 * herd's to say. autocannon's own rate limit cannot be: it holds a timer a connection, and Node fires timers that have
 * come due in one go from then on, so that each hiccup would leave the arrivals more bunched than before.
 */
export class Connection {
  readonly #client: Client;
  readonly #books: Books;
  readonly #versionAt: VersionAt | undefined;
  #target: Target;
  #socket: Socket | undefined;
  /** A socket that no more requests may go out on: it leads elsewhere by now, or its server is about to close it. */
  #outdated: Socket | undefined;
  #underWay: { readonly dueAt: WallMs; readonly sentAt: WallMs; readonly to: string } | undefined;

  constructor(client: Client, { path, headers = {}, versionAt }: Asked, target: Target, books: Books) {
    this.#client = client;
    this.#target = target;
    this.#books = books;
    this.#versionAt = versionAt;
    client.setRequests([
      {
        method: 'GET',
        path,
        headers,
        onResponse: (status, body, _context, headers) => {
          if (endsConnection(headers)) this.#outdated = client.conn;
          this.#answered(status, body, headers);
          this.renew();
        },
      },
    ]);
    // The first request goes out as the connection opens; afterwards the client's quota is used up, and it waits.
    client.once('request', () => {
      const now = wallTimeMs();
      this.#underWay = { dueAt: now, sentAt: now, to: this.#target.name };
      this.#watchSocket();
      clearInterval(client.rateInterval);
    });
    client.on('timeout', () => this.#end({ ending: 'timeout', endedAt: wallTimeMs() }));
    client.on('connError', (error: NodeJS.ErrnoException) => this.#failed(error.code ?? error.message));
  }

  /** Sends a request that was due at the given wall time. */
  send(dueAt: WallMs): void {
    this.renew();
    this.#underWay = { dueAt, sentAt: wallTimeMs(), to: this.#target.name };
    this.#watchSocket();
    this.#client.reqsMadeThisSecond = 0;
    this.#client._doRequest();
  }

  /** autocannon opens a new connection where a server closed one, and says nothing of the request that was under way. */
  #watchSocket(): void {
    const socket = this.#client.conn;
    if (socket === this.#socket) return;
    this.#socket = socket;
    socket.once('close', () => {
      if (this.#socket === socket) this.#failed('connection closed before the answer');
    });
  }

  get target(): Target {
    return this.#target;
  }

  /** Has its next request, and every one after it, go to this target; what is under way is still answered. */
  assign(target: Target): void {
    this.#target = target;
    Object.assign(this.#client.opts, addressOf(target));
    this.#outdated = this.#client.conn;
  }

  /** Opens a new socket in place of one that is outdated, unless a request is under way on it. */
  renew(): void {
    if (!this.busy && this.#client.conn === this.#outdated) this.#client._resetConnection();
  }

  get busy(): boolean {
    return this.#underWay !== undefined;
  }

  /** When the request under way was sent; undefined: none is. */
  get sentAt(): WallMs | undefined {
    return this.#underWay?.sentAt;
  }

  /** Leaves without the answer, as a client does that has waited long enough. */
  hangUp(): void {
    this.#failed(HUNG_UP);
    this.#client._resetConnection();
  }

  /** What is still under way counts as timed out. */
  giveUp(): void {
    this.#end({ ending: 'timeout', endedAt: wallTimeMs() });
  }

  #answered(status: number, body: string, headers: ResponseHeaders): void {
    const endedAt = wallTimeMs();
    if (status === 200 && this.#versionAt) {
      const answer = { body, headers, to: this.#underWay?.to ?? this.#target.name };
      const read = readForeignAnswer(answer, this.#versionAt);
      this.#end({ ending: 'ok', status, endedAt, ...read });
    } else if (status === 200) {
      const passed = passedBy(headers);
      const { by, served, version, degraded, answeredAt, tookMs } = JSON.parse(body) as Body;
      this.#end({
        ending: 'ok',
        status,
        by,
        // What lay in a cache says how the first one came by it.
        served: passed && passed.cache !== 'fwd' ? passed.cache : served,
        version,
        answeredAt,
        endedAt,
        ...passed,
        // What lay in a cache says how long the first one took.
        ...((!passed || passed.cache === 'fwd') && isLength(tookMs) && { tookMs }),
        ...(degraded && { degraded }),
      });
    } else {
      this.#end({ ending: 'error', status, why: codeIn(body), endedAt });
    }
  }

  #failed(why: string): void {
    this.#end({ ending: 'error', why, endedAt: wallTimeMs() });
  }

  #end(ended: Omit<Arrival, 'dueAt' | 'sentAt'>): void {
    if (!this.#underWay) return;
    const { to, ...sent } = this.#underWay;
    this.#books.record({ ...sent, ...ended, ...(ended.ending !== 'ok' && { to }) });
    this.#underWay = undefined;
    this.#books.onFree(this);
  }
}

const isLength = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** Whether the server closes the connection behind this answer. */
const endsConnection = (headers: ResponseHeaders): boolean =>
  Object.entries(headers).some(
    ([name, value]) => name.toLowerCase() === 'connection' && `${value}`.toLowerCase() === 'close',
  );

/** An error's own code. Another service may have a number there, or nothing. */
function codeIn(body: string): string {
  try {
    const { code } = Object(JSON.parse(body)) as { readonly code?: unknown };
    return code === undefined ? 'no code' : String(code);
  } catch {
    return 'unreadable answer';
  }
}
