/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  // These have npm scripts of their own: they want root, a browser or a build.
  testPathIgnorePatterns: [
    "/node_modules/",
    "<rootDir>/test/kernel/",
    "<rootDir>/test/browser/",
    "<rootDir>/test/package/",
  ],
  extensionsToTreatAsEsm: [],
  transform: {
    "^.+\\.(ts|mjs|js)$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
    ],
  },
  // chalk and js-yaml are published as ES modules; jest runs CommonJS here.
  transformIgnorePatterns: ["/node_modules/(?!(chalk|js-yaml)/)"],
};
