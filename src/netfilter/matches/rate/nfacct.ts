import type { NfacctMatch } from "../../match.ts";
import type { MatchExtension } from "../extension.ts";

/** `-m nfacct`; iptables itself prints two blanks before the name. */
export const nfacctExtension: MatchExtension<NfacctMatch> = {
  modules: ["nfacct"],
  options: { "--nfacct-name": { required: true } },
  decode: (options) => ({ kind: "nfacct", name: options.required("--nfacct-name").value }),
  save: (match) => ` -m nfacct --nfacct-name  ${match.name}`,
  list: (match) => ` nfacct-name  ${match.name}`,
};
