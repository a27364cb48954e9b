import type { CgroupMatch } from "../../match.ts";
import { RuleProblem } from "../../rule-text/problem.ts";
import { quoteWord } from "../../rule-text/words.ts";
import { integer, not, uint32 } from "../../values/numbers.ts";
import type { MatchExtension } from "../extension.ts";

export const cgroupExtension: MatchExtension<CgroupMatch> = {
  modules: ["cgroup"],
  options: { "--path": { invertible: true }, "--cgroup": { invertible: true } },
  decode(options) {
    const path = options.find("--path");
    const id = options.find("--cgroup");
    if ((path === undefined) === (id === undefined))
      throw new RuleProblem("cgroup: either --path or --cgroup");
    return {
      kind: "cgroup",
      ...(path === undefined ? {} : { path: { text: path.value, inverted: path.inverted } }),
      ...(id === undefined
        ? {}
        : { classId: { number: integer(id.value, 0, uint32), inverted: id.inverted } }),
    };
  },
  save({ path, classId }) {
    let text = " -m cgroup";
    if (path !== undefined) text += `${not(path.inverted)} --path ${quoteWord(path.text)}`;
    if (classId !== undefined) text += `${not(classId.inverted)} --cgroup ${classId.number}`;
    return text;
  },
  list({ path, classId }) {
    let text = " cgroup";
    if (path !== undefined) text += ` ${path.inverted ? "! " : ""}${path.text}`;
    if (classId !== undefined) text += ` ${classId.inverted ? "! " : ""}${classId.number}`;
    return text;
  },
};
