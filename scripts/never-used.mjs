/**
 * Parts of node that a dependency loads at its start for what k8snet never does (commander: sub-commands that are
 * programs of their own; chalk: asking the terminal itself), each a few milliseconds.
 */
const neverUsed = [
  { in: /node_modules[\\/]commander/, module: "node:child_process", contents: "export {}" },
  { in: /node_modules[\\/]chalk/, module: "node:os", contents: "export default {}" },
  { in: /node_modules[\\/]chalk/, module: "node:tty", contents: "export default { isatty: () => false }" },
];

/** A plugin of esbuild that leaves them out. */
export const withoutNeverUsed = {
  name: "without what is never used",
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path, importer }) => {
      const index = neverUsed.findIndex((entry) => entry.module === path && entry.in.test(importer));
      return index === -1 ? undefined : { path: String(index), namespace: "never-used" };
    });
    build.onLoad({ filter: /.*/, namespace: "never-used" }, ({ path }) => ({
      contents: neverUsed[Number(path)].contents,
    }));
  },
};
