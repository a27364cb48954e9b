import type { MacMatch } from "../../match.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import { not } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";

export const macExtension: MatchExtension<MacMatch> = {
  modules: ["mac"],
  options: { "--mac-source": { invertible: true, required: true } },
  decode(options) {
    const use = options.required("--mac-source");
    if (!/^([0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}$/.test(use.value))
      throw new RuleProblem("Invalid MAC address specified.", use.word);
    const address = use.value
      .toLowerCase()
      .split(":")
      .map((part) => part.padStart(2, "0"))
      .join(":");
    return { kind: "mac", address, inverted: use.inverted };
  },
  save: (match) => ` -m mac${not(match.inverted)} --mac-source ${match.address}`,
  list: (match) => ` MAC ${match.inverted ? "! " : ""}${match.address}`,
};
