import { UsageError } from '../../../services/shared/usage-error.ts';

const LAST_PORT = 65_534;
const NAME = /^[\w-]{1,64}$/;

/** Reads where `make origin` listens. Throws {@link UsageError} if it is no address that a service can reach. */
export function listenFrom(text: string): { readonly host: string; readonly port: number } {
  const [, host = '', digits = ''] = /^([A-Za-z0-9.-]+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  // A service names the host in its request, and the origin takes no other.
  if (host !== '' && host !== '0.0.0.0' && port >= 1 && port <= LAST_PORT) return { host, port };
  throw new UsageError(
    `LISTEN=${text} is not where a service reaches the origin. Allowed: HOST:PORT, with the name or IPv4 address of this machine and a port from 1 to ${LAST_PORT}; Redis takes the next port. ` +
      'Type: make origin LISTEN=127.0.0.1:9000',
  );
}

/** Reads the names of the services. Throws {@link UsageError} at the first that is none. */
export function namesFrom(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name, index) => !NAME.test(name) || names.indexOf(name) !== index);
  if (wrong === undefined) return names;
  throw new UsageError(
    `NAMES=${text}: ${wrong || 'an empty text'} is no name, or is there twice. Allowed: names of letters, digits, _ and -, separated by commas. Type: make origin NAMES=app-1,app-2`,
  );
}
