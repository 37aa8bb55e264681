/** Finds the verifier where the console serves it: `/assets/verify/` is `verifiers/es/`. Import the modules under test after this. */
import { webcrypto } from 'node:crypto';
import { register } from 'node:module';

// Node 18 has it, but not where browsers and newer Nodes have it.
globalThis.crypto ??= webcrypto;

const hook = `
  const VERIFY = new URL('../../../../verifiers/es/', ${JSON.stringify(import.meta.url)});
  export function resolve(specifier, context, next) {
    const name = /^\\.\\/verify\\/([a-z0-9-]+\\.js)$/.exec(specifier)?.[1];
    return name ? next(new URL(name, VERIFY).href, context) : next(specifier, context);
  }`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

/** @param {string} name of a module of the console @returns {Promise<any>} */
export const asset = (name) => import(new URL(`../../assets/${name}`, import.meta.url).href);

export const VECTORS = new URL('../../../../tests/vectors/', import.meta.url);
