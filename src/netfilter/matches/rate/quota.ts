import type { QuotaMatch } from "../../match.ts";
import { bigInteger, not } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";

export const quotaExtension: MatchExtension<QuotaMatch> = {
  modules: ["quota"],
  options: { "--quota": { invertible: true, required: true } },
  decode(options) {
    const use = options.required("--quota");
    return { kind: "quota", bytes: bigInteger(use.value), inverted: use.inverted };
  },
  save: (match) => ` -m quota${not(match.inverted)} --quota ${match.bytes}`,
  // A listing does not show that it is inverted.
  list: (match) => ` quota: ${match.bytes} bytes`,
};
