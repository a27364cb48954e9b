// Beginning of bin/k8snet.js: loads the chunks beside it. It does what require() would do, but hands V8 the code
// cache that the build left beside each chunk (`CHUNK.cache`), which saves a third of the time to start. V8 itself
// refuses a cache of another version of node; then the chunk is compiled as ever.
"use strict";
const { readFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { Script } = require("node:vm");

const loaded = new Map();
const scripts = new Map();

function cacheOf(path) {
  try {
    return readFileSync(`${path}.cache`);
  } catch {
    return undefined;
  }
}

// What esbuild would write at the head of each chunk: exports as getters, since chunks may need each other in a circle.
function __export(target, all) {
  for (const name in all) Object.defineProperty(target, name, { get: all[name], enumerable: true });
}
function __toCommonJS(module) {
  return module;
}
function __toESM(module) {
  if (module.__esModule) return module;
  return Object.assign(Object.create(Object.getPrototypeOf(module)), module, { default: module });
}

function loadChunk(path) {
  const known = loaded.get(path);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(path, module);
  const source = `(function(module,exports,require,__export,__toCommonJS,__toESM){${readFileSync(path, "utf8")}\n})`;
  const script = new Script(source, { filename: path, cachedData: cacheOf(path) });
  scripts.set(path, script);
  const requireFromChunk = (name) =>
    name.startsWith(".") ? loadChunk(join(dirname(path), name)) : require(name);
  script.runInThisContext()(module, module.exports, requireFromChunk, __export, __toCommonJS, __toESM);
  return module.exports;
}

exports.loadChunk = loadChunk;
exports.scripts = scripts;
