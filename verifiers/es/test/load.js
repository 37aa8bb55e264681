/** Files for the suite, from the disk. */
import { webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';

// Node 18 has it, but not where browsers and newer Nodes have it.
globalThis.crypto ??= webcrypto;

export const VECTORS = new URL('../../../tests/vectors/', import.meta.url);

/** @param {string} path @returns {Promise<Uint8Array | null>} */
export async function load(path) {
  const url = new URL(path, VECTORS);
  try {
    return new Uint8Array(await readFile(url));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}
