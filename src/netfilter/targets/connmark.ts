import type { OptionUse, OptionUses } from "../rule-text/options.ts";
import { RuleProblem } from "../rule-text/problem.ts";
import type { ConnmarkTarget } from "../target.ts";
import { hex, integer, markAndMask, uint32 } from "../values/numbers.ts";
import type { TargetExtension } from "./extension.ts";
import { changeOfMark, listChange } from "./mark.ts";

const operations = [
  "--set-xmark",
  "--set-mark",
  "--and-mark",
  "--or-mark",
  "--xor-mark",
  "--save-mark",
  "--restore-mark",
];

function operation(name: string, values: 0 | 1) {
  return { values, excludes: operations.filter((other) => other !== name) };
}

function maskOf(options: OptionUses, name: string): number {
  const text = options.value("--mask") ?? options.value(name);
  return text === undefined ? uint32 : integer(text, 0, uint32);
}

export const connmarkTargetExtension: TargetExtension<ConnmarkTarget> = {
  names: ["CONNMARK"],
  options: {
    "--set-xmark": operation("--set-xmark", 1),
    "--set-mark": operation("--set-mark", 1),
    "--and-mark": operation("--and-mark", 1),
    "--or-mark": operation("--or-mark", 1),
    "--xor-mark": operation("--xor-mark", 1),
    "--save-mark": operation("--save-mark", 0),
    "--restore-mark": operation("--restore-mark", 0),
    "--ctmask": { excludes: ["--mask"] },
    "--nfmask": { excludes: ["--mask"] },
    "--mask": { excludes: ["--ctmask", "--nfmask"] },
  },
  decode(options) {
    const use: OptionUse | undefined = options.uses.find(({ name }) => operations.includes(name));
    if (use === undefined) throw new RuleProblem("CONNMARK target: No operation specified");
    if (use.name !== "--save-mark" && use.name !== "--restore-mark")
      return { kind: "connmark", mode: "set", ...changeOfMark(use, markAndMask) };
    return {
      kind: "connmark",
      mode: use.name === "--save-mark" ? "save" : "restore",
      packetMask: maskOf(options, "--nfmask"),
      connectionMask: maskOf(options, "--ctmask"),
    };
  },
  save(target) {
    if (target.mode === "set") return ` --set-xmark ${hex(target.value)}/${hex(target.mask)}`;
    return ` --${target.mode}-mark --nfmask ${hex(target.packetMask)} --ctmask ${hex(target.connectionMask)}`;
  },
  list(target) {
    if (target.mode === "set") return ` CONNMARK ${listChange(target.value, target.mask)}`;
    const { mode, packetMask, connectionMask } = target;
    if (packetMask === uint32 && connectionMask === uint32) return ` CONNMARK ${mode}`;
    if (packetMask === connectionMask) return ` CONNMARK ${mode} mask ${hex(packetMask)}`;
    return mode === "save"
      ? ` CONNMARK save nfmask ${hex(packetMask)} ctmask ~${hex(connectionMask)}`
      : ` CONNMARK restore ctmask ${hex(connectionMask)} nfmask ~${hex(packetMask)}`;
  },
};
