// A spec in the fragment of an address, which no server is ever sent; a stranger may have made it.

const KEY = "#spec=";
export const MOST = 16000; // characters: what mail and chat programs still take for one link
const MOST_TEXT = 1 << 20; // bytes: what netspec reads at most

const through = (bytes, stream) => new Blob([bytes]).stream().pipeThrough(stream);

/* The address of this page with a spec in it; null where that would be too long. */
export async function link(text) {
  const packed = await new Response(through(text, new CompressionStream("deflate-raw"))).arrayBuffer();
  let binary = "";
  for (const byte of new Uint8Array(packed)) binary += String.fromCharCode(byte);
  const code = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return code.length > MOST ? null : location.href.split("#")[0] + KEY + code;
}

/* The spec in a fragment; null where there is none. Throws where it cannot be read. */
export async function linked(fragment) {
  if (!fragment.startsWith(KEY)) return null;
  const code = fragment.slice(KEY.length);
  if (code.length > MOST) throw new Error("it is too long");
  if (!/^[\w-]*$/.test(code)) throw new Error("it is cut or changed");
  try {
    const packed = Uint8Array.from(atob(code.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(await read(through(packed, new DecompressionStream("deflate-raw"))));
  } catch (error) {
    throw error instanceof RangeError ? error : new Error("it is cut or changed");
  }
}

/* All bytes of a stream, which is given up once there are too many. */
async function read(stream) {
  const reader = stream.getReader(), parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(parts).arrayBuffer();
    size += value.length;
    if (size > MOST_TEXT) {
      await reader.cancel();
      throw new RangeError(`it holds more than ${MOST_TEXT / 1024} KiB`);
    }
    parts.push(value);
  }
}
