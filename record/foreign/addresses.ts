/** Is thrown for addresses that no herd can ask. The message is one line. */
export class InvalidAddresses extends Error {
  override readonly name = 'InvalidAddresses';
}

/** Reads the base URLs in TARGET, separated by commas. Throws {@link InvalidAddresses} at the first that is wrong. */
export function addressesFrom(target: string): readonly string[] {
  const addresses = target.split(',').map((text) => addressFrom(text.trim()));
  const twice = addresses.find((one, index) => addresses.indexOf(one) !== index);
  if (twice !== undefined) throw invalid(twice, 'is there twice');
  return addresses;
}

function addressFrom(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== 'http:') throw invalid(text, 'is no address');
  // What is between the host and the path may be a secret.
  if (url.username !== '' || url.password !== '')
    throw invalid(url.host, 'has a user in front, which belongs into HEADERS');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw invalid(text, 'has a path, which belongs into KEY_PATH');
  return url.origin;
}

const invalid = (text: string, what: string) =>
  new InvalidAddresses(
    `TARGET: ${text.replace(/\s+/g, ' ') || 'an empty text'} ${what}. Allowed: up, or http://HOST:PORT, several of them separated by commas. ` +
      'Type: make herd TARGET=http://localhost:8001,http://localhost:8002',
  );
