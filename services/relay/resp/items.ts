/** What lies in a flat array: bulk strings, and lines for numbers, simple strings and nulls. */
const BULK = '$'.charCodeAt(0);
const ARRAY = '*'.charCodeAt(0);
const LINES = new Set([...'+:_,#('].map((type) => type.charCodeAt(0)));

/**
 * Reads the elements of a whole value that is a flat array, such as a command or a script's table. Gives at most `most`.
 * Undefined: it is no such array.
 */
export function itemsOf(frame: Buffer, most = Number.POSITIVE_INFINITY): Buffer[] | undefined {
  if (frame[0] !== ARRAY) return undefined;
  const items: Buffer[] = [];
  let at = afterLine(frame, 0);
  while (at < frame.length && items.length < most) {
    const [type, begin] = [frame[at], at + 1];
    at = afterLine(frame, at);
    const line = frame.subarray(begin, at - 2);
    if (type === BULK) {
      const length = Number(line.toString('latin1'));
      items.push(frame.subarray(at, at + Math.max(0, length)));
      at += length < 0 ? 0 : length + 2;
    } else if (type !== undefined && LINES.has(type)) items.push(line);
    else return undefined;
  }
  return items;
}

/** The value is whole, so the line has an end. */
const afterLine = (frame: Buffer, at: number): number => frame.indexOf('\r\n', at, 'latin1') + 2;
